package org.dallemini.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which embedded stack, and with which model. */
final class StackOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Where the embedded stack keeps topics, schemas and objects (default: .dallemini/stack beside the program).")
    private @Nullable Path dataDir;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "Folder with dalle-bart/ and vqgan/ in the original's layout (default: the small model that is shipped).")
    private @Nullable Path model;

    Path dataDir(Home home) {
        return dataDir == null ? home.defaultStackData() : dataDir.toAbsolutePath();
    }

    @Nullable
    Path model() {
        return model == null ? null : model.toAbsolutePath().normalize();
    }
}
