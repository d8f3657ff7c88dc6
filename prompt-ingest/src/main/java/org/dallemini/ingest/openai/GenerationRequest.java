package org.dallemini.ingest.openai;

import java.util.List;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.api.Submission;
import org.jspecify.annotations.Nullable;

/**
 * What a request to {@code /v1/images/generations} asks for.
 *
 * @param prompt without ids
 * @param partialImages of each image that are streamed while it is drawn; null: the answer is no stream
 * @param drawnSize that the model must draw, for example {@code 256x256}; null for any
 */
record GenerationRequest(
        PromptRequest prompt,
        ImageFormat format,
        @Nullable Integer partialImages,
        @Nullable String drawnSize) {

    /** A job of this one prompt. */
    Submission submission(String jobId) {
        return new Submission(
                jobId,
                List.of(PromptRequest.newBuilder(prompt)
                        .setId(jobId)
                        .setJobId(jobId)
                        .build()));
    }
}
