package org.dallemini.lists;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.jobs.JobHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A prompt of a list, ready but for its job.
 *
 * @param request with an id only where the list gives one, without a job
 * @param line where it stands, from 1
 * @param variant which of the prompts that the line became, from 1; 0 if it became one
 * @param customId the list's own name for the line; null if it has none
 */
public record ListedPrompt(
        PromptRequest request,
        int line,
        int variant,
        @Nullable String customId) {

    /** The id that it gets in a job: the list's own, or one that follows from job and line. */
    public String id(String jobId) {
        String own = request.getId() == null ? jobId + "." + line : request.getId();
        return variant == 0 ? own : own + "." + variant;
    }

    /** As it is published. */
    public PromptRequest of(String jobId) {
        return new PromptRequest(
                request.getText(),
                id(jobId),
                request.getNegativeText(),
                request.getCount(),
                request.getSeed(),
                request.getSampling(),
                request.getLane(),
                jobId,
                request.getLabels(),
                request.getDeadline(),
                request.getPrefix(),
                request.getBestOf(),
                request.getOutput(),
                request.getRedraw());
    }

    /** Adds where it stands, for manifests. */
    public void describe(Headers headers) {
        headers.add(JobHeaders.LINE, Integer.toString(line).getBytes(StandardCharsets.UTF_8));
        if (customId != null) {
            headers.add(JobHeaders.CUSTOM_ID, customId.getBytes(StandardCharsets.UTF_8));
        }
    }
}
