package org.dallemini.cli;

import org.dallemini.events.Sampling;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to draw; what is left out is the model's own default. */
final class SamplingOptions {
    @Option(names = "--temperature", paramLabel = "T", description = "Divides the logits; above 0.")
    private @Nullable Float temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Draw among the K likeliest tokens; 0 for all, 1 for greedy decoding.")
    private @Nullable Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Draw among the likeliest tokens whose probabilities add up to P.")
    private @Nullable Float topP;

    @Option(
            names = "--guidance",
            paramLabel = "SCALE",
            description =
                    "How closely to follow the prompt (condition_scale of the original); 1 switches guidance off.")
    private @Nullable Float guidance;

    Sampling toSampling() {
        return Sampling.newBuilder()
                .setTemperature(temperature)
                .setTopK(topK)
                .setTopP(topP)
                .setGuidanceScale(guidance)
                .build();
    }
}
