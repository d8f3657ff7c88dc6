package org.dallemini.prompt.testing;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.prompt.PromptOrigin;
import org.jspecify.annotations.Nullable;

/** Records for the tests. */
public final class Prompts {
    public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private Prompts() {}

    /** A prompt that nothing is wrong with. */
    public static PromptRequest.Builder prompt(String text) {
        return PromptRequest.newBuilder().setText(text).setLane(Lane.INTERACTIVE);
    }

    public static PromptRequest withSampling(Sampling.Builder sampling) {
        return prompt("a red circle").setSampling(sampling.build()).build();
    }

    public static PromptOrigin origin(@Nullable String key) {
        return new PromptOrigin("prompts", 3, 17, key, null, NOW);
    }

    public static Map<String, String> labels(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "label-" + i, i -> "v"));
    }
}
