package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.dallemini.deadletters.TimeText;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.lists.JobIds;
import org.dallemini.lists.PromptDefaults;
import org.dallemini.lists.PromptFormat;
import org.dallemini.lists.PromptList;
import org.dallemini.lists.Seeds;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How a file is read as a list of prompts, and what they have in common. */
final class PromptListOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "txt, csv or jsonl (default: what the file's name says, else txt).")
    private @Nullable PromptFormat format;

    @Option(
            names = "--job",
            paramLabel = "ID",
            description = "The job's id (default: made of the file's name and content).")
    private @Nullable String jobId;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Images per prompt, unless its line says (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--best-of",
            paramLabel = "N",
            description =
                    "Draw N candidates per prompt and keep the --count best, the best first, by their likelihood with the text compared to without it, unless its line says.")
    private @Nullable Integer bestOf;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            converter = SeedsConverter.class,
            description =
                    "1..8 or 1,5,9: publish each prompt that names no seed itself once with each of these; image i is drawn with the seed + i.")
    private @Nullable Seeds seeds;

    @Mixin
    private ExpansionOptions expansion;

    @Option(names = "--negative", paramLabel = "TEXT", description = "What not to draw, unless a line says.")
    private @Nullable String negative;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Goes with every prompt into all later records; may be repeated.")
    private Map<String, String> labels = Map.of();

    @Option(
            names = "--lane",
            paramLabel = "LANE",
            defaultValue = "bulk",
            description = "bulk or interactive (default: ${DEFAULT-VALUE}).")
    private Lane lane;

    @Option(
            names = "--deadline",
            paramLabel = "WHEN",
            description =
                    "Draw nothing that has not begun by then, unless a line says: in 30s, 15m, 2h or 7d, or at 2026-01-31T12:00:00Z. A time from now makes each run another job.")
    private @Nullable String deadlineText;

    /** Known once the options have been checked: a time from now counts from there. */
    private @Nullable Instant deadline;

    static final class SeedsConverter implements ITypeConverter<Seeds> {
        @Override
        public Seeds convert(String text) {
            try {
                return Seeds.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** @throws ParameterException if an option makes no sense */
    void check(CommandLine command) {
        if (jobId != null && !JobIds.isValid(jobId)) {
            throw new ParameterException(
                    command,
                    "--job '" + jobId + "' is no id: use 1 to " + JobIds.MAX_LENGTH
                            + " letters (a-z, A-Z), digits, '.', '_' or '-', not starting with '.'");
        }
        expansion.check(command);
        deadline = deadline(command);
    }

    /** What to say of a deadline that was given as a time from now; empty if there is none. */
    String remark() {
        return deadline == null || deadlineText == null || deadlineText.contains("T")
                ? ""
                : "Nothing begins after " + deadline + "; with --deadline " + deadline
                        + " the same command is the same job";
    }

    private @Nullable Instant deadline(CommandLine command) {
        if (deadlineText == null) {
            return null;
        }
        Instant now = Instant.now();
        try {
            Instant moment = TimeText.parseDeadline(deadlineText, now);
            if (moment.isAfter(now)) {
                return moment;
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--deadline: " + e.getMessage());
        }
        throw new ParameterException(command, "--deadline " + deadlineText + " has passed");
    }

    /** @throws ParameterException if what the prompts have in common is nothing that the intake takes */
    void check(CommandLine command, PromptLimits limits) {
        new CommonFields(count, bestOf, negative, sampling, output, labels).check(command, limits);
    }

    /**
     * Looks at the file.
     *
     * @throws IOException if it cannot be read
     */
    PromptList list(Path path, PromptLimits limits) throws IOException {
        PromptRequest template = new CommonFields(count, bestOf, negative, sampling, output, labels)
                .template()
                .setLane(lane)
                .setDeadline(deadline)
                .build();
        return new PromptList(
                expansion.file(path, format),
                new PromptDefaults(template),
                expansion.matrix(seeds == null ? Seeds.NONE : seeds),
                new PromptValidator(limits),
                jobId);
    }
}
