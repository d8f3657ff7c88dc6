package org.dallemini.prompt;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a prompt's record lies.
 *
 * @param key the record's key as text, null if it has none or it is no UTF-8
 * @param eventId {@link CloudEvents#id}
 * @param timestamp the record's own
 */
public record PromptOrigin(
        String topic,
        int partition,
        long offset,
        @Nullable String key,
        @Nullable String eventId,
        Instant timestamp) {}
