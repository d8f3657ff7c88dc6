package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptLimits;
import org.dallemini.ingest.PromptValidator;
import org.dallemini.prompts.PromptDefaults;
import org.dallemini.prompts.PromptFile;
import org.dallemini.prompts.PromptFormat;
import org.dallemini.submit.JobIds;
import org.dallemini.submit.PromptList;
import org.dallemini.submit.PromptMatrix;
import org.dallemini.submit.Seeds;
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
            names = "--seeds",
            paramLabel = "SEEDS",
            converter = SeedsConverter.class,
            description =
                    "1..8 or 1,5,9: publish each prompt that names no seed itself once with each of these; image i is drawn with the seed + i.")
    private @Nullable Seeds seeds;

    @Option(
            names = "--expand",
            description =
                    "Take {red|blue} {circle|star} in texts for alternatives, and publish a prompt for each combination; without it braces are drawn as they stand. \\{ is the brace itself.")
    private boolean expand;

    @Option(
            names = "--max-expansion",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "Refuse lines that become more prompts than this, with --expand and --seeds (default: ${DEFAULT-VALUE}).")
    private int maxExpansion;

    @Option(names = "--negative", paramLabel = "TEXT", description = "What not to draw, unless a line says.")
    private @Nullable String negative;

    @Mixin
    private SamplingOptions sampling;

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
                    "--job '" + jobId + "' is no id: use 1 to " + JobIds.LONGEST
                            + " letters (a-z, A-Z), digits, '.', '_' or '-', not starting with '.'");
        }
        if (maxExpansion < 1) {
            throw new ParameterException(command, "--max-expansion is " + maxExpansion + "; give 1 or more");
        }
    }

    /**
     * Looks at the file.
     *
     * @throws IOException if it cannot be read
     */
    PromptList list(Path path, PromptLimits limits) throws IOException {
        PromptRequest template = PromptRequest.newBuilder()
                .setText("")
                .setCount(count)
                .setNegativeText(negative)
                .setSampling(sampling.toSampling())
                .setLane(lane)
                .setLabels(labels)
                .build();
        return new PromptList(
                PromptFile.of(path, format),
                new PromptDefaults(template),
                new PromptMatrix(expand, seeds == null ? Seeds.NONE : seeds, maxExpansion),
                new PromptValidator(limits),
                jobId);
    }
}
