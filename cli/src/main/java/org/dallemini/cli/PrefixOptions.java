package org.dallemini.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The rows that images shall begin with; both options or none. */
final class PrefixOptions {
    @Option(
            names = "--prefix",
            required = true,
            paramLabel = "FILE",
            description =
                    "Complete this image: a PNG or JPEG picture, whose middle is cut out as a square, or what 'tokens encode' prints as JSON.")
    Path file;

    @Option(
            names = "--prefix-rows",
            required = true,
            paramLabel = "N",
            description = "With --prefix: how many rows of its image tokens to keep, from the top.")
    int rows;
}
