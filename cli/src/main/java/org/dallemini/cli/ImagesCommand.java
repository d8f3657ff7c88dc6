package org.dallemini.cli;

import picocli.CommandLine.Command;

/** {@code dallemini images}: what is done with stored images. */
@Command(
        name = "images",
        mixinStandardHelpOptions = true,
        description = {"Deletes images for good.", "", ClusterOptions.WHICH},
        subcommands = ImagesRemoveCommand.class)
final class ImagesCommand extends CommandGroup {}
