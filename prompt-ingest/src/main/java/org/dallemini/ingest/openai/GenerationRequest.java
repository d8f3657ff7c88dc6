package org.dallemini.ingest.openai;

import java.util.List;
import java.util.Map;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.api.Submission;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/**
 * What a request to {@code /v1/images/generations} asks for.
 *
 * @param prompt with the id of its job
 * @param release that it needs; null if it needs none
 * @param partialImages of each image that are streamed while it is drawn; null: the answer is no stream
 * @param drawnSize that the model must draw, for example {@code 256x256}; null for any
 */
record GenerationRequest(
        PromptRequest prompt,
        @Nullable Release release,
        ImageFormat format,
        @Nullable Integer partialImages,
        @Nullable String drawnSize) {

    /** A job of this one prompt. */
    Submission submission() {
        String id = String.valueOf(prompt.getId());
        return new Submission(id, List.of(prompt), null, null, release == null ? Map.of() : Map.of(id, release));
    }
}
