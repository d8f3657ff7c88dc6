package org.dallemini.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.ingest.PromptLimits;
import org.dallemini.ingest.PromptValidator;
import org.dallemini.ingest.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What options say of all prompts of a command. */
record CommonFields(
        int count,
        @Nullable Integer bestOf,
        @Nullable String negative,
        SamplingOptions sampling,
        Map<String, String> labels) {

    /** All of it, with an empty text. */
    PromptRequest.Builder template() {
        return PromptRequest.newBuilder()
                .setText("")
                .setCount(count)
                .setNegativeText(negative)
                .setSampling(sampling.toSampling())
                .setBestOf(bestOf)
                .setLabels(labels);
    }

    /**
     * Looks at each option by itself, so that what is wrong has the option's name; how they go with each other is known
     * when lines have had their say.
     *
     * @throws ParameterException if the intake would refuse whatever has it
     */
    void check(CommandLine command, PromptLimits limits) {
        var validator = new PromptValidator(limits);
        Sampling all = sampling.toSampling();
        var options = new LinkedHashMap<String, PromptRequest.Builder>();
        options.put("--count", prompt().setCount(count));
        options.put("--best-of", prompt().setBestOf(bestOf));
        options.put("--negative", prompt().setNegativeText(negative));
        options.put("--label", prompt().setLabels(labels));
        options.put("--temperature", prompt(Sampling.newBuilder().setTemperature(all.getTemperature())));
        options.put("--top-k", prompt(Sampling.newBuilder().setTopK(all.getTopK())));
        options.put("--top-p", prompt(Sampling.newBuilder().setTopP(all.getTopP())));
        options.put("--guidance", prompt(Sampling.newBuilder().setGuidanceScale(all.getGuidanceScale())));
        options.forEach((option, prompt) -> {
            if (validator.validateContent(prompt.build()) instanceof Verdict.Refused refused) {
                throw new ParameterException(command, option + ": " + refused.message());
            }
        });
    }

    private static PromptRequest.Builder prompt() {
        return PromptRequest.newBuilder().setText("a ring");
    }

    private static PromptRequest.Builder prompt(Sampling.Builder sampling) {
        return prompt().setSampling(sampling.build());
    }
}
