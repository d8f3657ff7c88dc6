package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.dallemini.dalle.model.ModelFolder;
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
            paramLabel = "MODEL",
            description =
                    "Name of a shipped or pulled model, or a folder with dalle-bart/ and vqgan/ in the original's layout (default: the small model that is shipped).")
    private @Nullable String model;

    Path dataDir(ProgramFolders home) {
        return dataDir == null ? home.defaultStackData() : dataDir.toAbsolutePath();
    }

    /** Whether a model was asked for here, and not only in the settings. */
    boolean hasModel() {
        return model != null;
    }

    /** Checks that the model is there, and puts its folder into the settings. */
    Path chooseModel(ProgramFolders home, Map<String, String> values) throws IOException {
        Path folder = ModelFolder.open(ConfigOptions.model(home, values, model)).path();
        values.put("model", folder.toString());
        return folder;
    }
}
