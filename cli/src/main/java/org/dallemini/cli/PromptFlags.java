package org.dallemini.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptValidator;
import org.dallemini.ingest.Verdict.Refused;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What flags ask of every prompt, checked once before anything is started, by the rules of the intake. */
final class PromptFlags {
    private static final Map<String, String> FLAGS = Map.of(
            "count", "--count",
            "bestOf", "--best-of",
            "seed", "--seed",
            "temperature", "--temperature",
            "topK", "--top-k",
            "topP", "--top-p",
            "guidanceScale", "--guidance",
            "negativeText", "--negative",
            "labels", "--label");

    /** Fields in messages; a seed that is not the first word is any. */
    private static final Pattern FIELD =
            Pattern.compile("^seed\\b|\\b(count|bestOf|temperature|topK|topP|guidanceScale|negativeText|labels)\\b");

    private PromptFlags() {}

    /**
     * Checks them.
     *
     * @param template what they make; its text does not matter
     * @throws ParameterException naming the flag, if no prompt could be accepted with them
     */
    static void check(PromptRequest template, PromptValidator validator, CommandLine command) {
        PromptRequest any = PromptRequest.newBuilder(template).setText("a").build();
        if (validator.validateContent(any) instanceof Refused refused) {
            throw new ParameterException(
                    command,
                    FIELD.matcher(refused.message())
                            .replaceAll(field -> Matcher.quoteReplacement(FLAGS.getOrDefault(field.group(), ""))));
        }
    }
}
