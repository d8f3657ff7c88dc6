package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.lists.PromptFile;
import org.dallemini.lists.PromptFormat;
import org.dallemini.lists.PromptMatrix;
import org.dallemini.lists.Seeds;
import org.dallemini.lists.Wildcards;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What texts become. */
final class ExpansionOptions {
    @Option(
            names = "--expand",
            description =
                    "Take {red|blue} {circle|star} in texts for alternatives, and draw a prompt for each combination; without it braces are drawn as they stand. \\{ is the brace itself.")
    private boolean expand;

    @Option(
            names = "--wildcards",
            paramLabel = "DIR",
            description =
                    "With --expand: __colour__ in texts stands for each line of DIR/colour.txt, __animals/birds__ for those of DIR/animals/birds.txt; lines that begin with # are comments.")
    private @Nullable Path wildcards;

    @Option(
            names = "--max-expansion",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Refuse texts that become more prompts than this (default: ${DEFAULT-VALUE}).")
    private int most;

    @Option(
            names = "--literal",
            description =
                    "Draw texts as they stand, even those that hold weights, flags, placeholders or networks to load as other programs write them, which are refused otherwise.")
    private boolean literal;

    /** @throws ParameterException if an option makes no sense */
    void check(CommandLine command) {
        if (most < 1) {
            throw new ParameterException(command, "--max-expansion is " + most + "; give 1 or more");
        }
        if (wildcards != null && !expand) {
            throw new ParameterException(command, "--wildcards is for texts that are expanded: give --expand too");
        }
        if (wildcards != null && !Files.isDirectory(wildcards)) {
            throw new ParameterException(command, "--wildcards: there is no folder " + wildcards);
        }
    }

    /**
     * Looks at a file of prompts.
     *
     * @throws IOException if it cannot be read as such
     */
    PromptFile file(Path path, @Nullable PromptFormat format) throws IOException {
        return PromptFile.of(path, format, literal);
    }

    /** @throws IOException if there is no folder of wildcards where one is named */
    PromptMatrix matrix(Seeds seeds) throws IOException {
        return new PromptMatrix(expand, seeds, most, wildcards == null ? null : Wildcards.in(wildcards), literal);
    }
}
