package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a run leaves what it makes. */
final class WorkFolder {
    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Where data and logs lie afterwards (default: a temporary folder).")
    private @Nullable Path folder;

    /** The folder, which exists then. */
    Path open(String run) throws IOException {
        return folder == null
                ? Files.createTempDirectory("dallemini-" + run + "-")
                : Files.createDirectories(folder.toAbsolutePath());
    }
}
