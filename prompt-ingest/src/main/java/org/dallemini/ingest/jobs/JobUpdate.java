package org.dallemini.ingest.jobs;

import java.util.Map;
import org.dallemini.events.JobAction;
import org.dallemini.prompt.Webhook;
import org.jspecify.annotations.Nullable;

/**
 * What one record of the pipeline tells about its job: small, since it goes through a topic that is partitioned by job.
 *
 * @param promptId the prompt
 * @param prompt what is known of the prompt now
 * @param imageId the image; null if the record is about a prompt alone
 * @param image what is known of the image now
 * @param submittedAt when the prompt was published, in milliseconds; 0 if the record does not tell
 * @param labels the prompt's
 * @param promptsExpected {@link JobHeaders#PROMPTS}
 * @param content {@link JobHeaders#CONTENT}; only of prompts that were accepted
 * @param bulk whether it waits in the lane {@code BULK}
 * @param command what somebody wants of the job; null if the record tells of images
 * @param certain false if the job's id was guessed: it counts only for a job that is known already
 * @param webhook who is told of the job; null if nobody is
 */
record JobUpdate(
        String promptId,
        ItemProgress prompt,
        @Nullable String imageId,
        ItemProgress image,
        long submittedAt,
        Map<String, String> labels,
        int promptsExpected,
        @Nullable String content,
        boolean bulk,
        @Nullable Command command,
        boolean certain,
        @Nullable Webhook webhook) {
    /** @param requestedAt milliseconds */
    record Command(JobAction action, long requestedAt) {}

    /** Of a command, which tells nothing about prompts and images. */
    static JobUpdate of(String jobId, Command command) {
        return new JobUpdate(
                jobId,
                ItemProgress.UNKNOWN,
                null,
                ItemProgress.UNKNOWN,
                0,
                Map.of(),
                0,
                null,
                false,
                command,
                true,
                null);
    }

    JobUpdate {
        labels = Map.copyOf(labels);
    }
}
