package org.dallemini.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.PromptRequest;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What options say of all prompts of a command. */
record CommonFields(
        int count,
        @Nullable Integer bestOf,
        @Nullable String negative,
        SamplingOptions sampling,
        OutputOptions output,
        Map<String, String> labels) {
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("count", "--count"),
            Map.entry("bestOf", "--best-of"),
            Map.entry("temperature", "--temperature"),
            Map.entry("topK", "--top-k"),
            Map.entry("topP", "--top-p"),
            Map.entry("guidanceScale", "--guidance"),
            Map.entry("negativeText", "--negative"),
            Map.entry("quality", "--quality"),
            Map.entry("labels", "--label"),
            Map.entry("label", "--label"));

    /** Fields in messages. */
    private static final Pattern FIELD = Pattern.compile("\\b(" + String.join("|", OPTIONS.keySet()) + ")\\b");

    /** All of it, with an empty text. */
    PromptRequest.Builder template() {
        return PromptRequest.newBuilder()
                .setText("")
                .setCount(count)
                .setNegativeText(negative)
                .setSampling(sampling.toSampling())
                .setBestOf(bestOf)
                .setOutput(output.toOutput())
                .setLabels(labels);
    }

    /**
     * Checks them once, before anything is started.
     *
     * @throws ParameterException naming the options, if the intake would refuse whatever has them
     */
    void check(CommandLine command, PromptLimits limits) {
        PromptRequest any = template().setText("a ring").build();
        if (new PromptValidator(limits).validateContent(any) instanceof Verdict.Refused refused) {
            throw new ParameterException(
                    command,
                    FIELD.matcher(refused.message())
                            .replaceAll(field -> Matcher.quoteReplacement(OPTIONS.getOrDefault(field.group(), ""))));
        }
    }
}
