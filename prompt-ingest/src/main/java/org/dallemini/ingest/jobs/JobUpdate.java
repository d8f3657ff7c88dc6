package org.dallemini.ingest.jobs;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.dallemini.events.JobAction;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the pipeline says about its job: small, since it goes through a topic that is partitioned by job.
 *
 * @param promptId the prompt
 * @param prompt what is known of the prompt now
 * @param imageId the image; null if the record is about a prompt alone
 * @param image what is known of the image now
 * @param submission what is known of it now
 * @param command for the job; null if the record is about images
 * @param certain false if the job's id was guessed: it counts only for a job that is known already
 */
record JobUpdate(
        String promptId,
        ItemProgress prompt,
        @Nullable String imageId,
        ItemProgress image,
        @JsonUnwrapped JobSubmission submission,
        @Nullable Command command,
        boolean certain) {
    /**
     * What somebody wants of the job.
     *
     * @param requestedAt milliseconds
     * @param by who; null if that is not known
     */
    record Command(
            JobAction action, long requestedAt, @Nullable String by) {}

    /** Of a command, which says nothing about prompts and images. */
    static JobUpdate of(String jobId, Command command) {
        return new JobUpdate(
                jobId, ItemProgress.UNKNOWN, null, ItemProgress.UNKNOWN, JobSubmission.UNKNOWN, command, true);
    }
}
