package org.dallemini.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the program lies and where it keeps what it makes. The launcher says the former; {@code DALLEMINI_DATA_DIR}
 * changes the latter.
 *
 * @param program holds {@code models/}
 * @param data holds the embedded stack's data, the model cache and pulled models
 */
record ProgramFolders(Path program, Path data) {

    static ProgramFolders find(@Nullable String launcherHome, Map<String, String> environment) {
        Path program = Path.of(launcherHome == null ? "" : launcherHome)
                .toAbsolutePath()
                .normalize();
        String data = environment.get("DALLEMINI_DATA_DIR");
        return new ProgramFolders(
                program,
                data == null ? program.resolve(".dallemini") : Path.of(data).toAbsolutePath());
    }

    /** The small model that is shipped: it draws coloured shapes. */
    Path defaultModel() {
        return program.resolve("models").resolve("shapes");
    }

    Path defaultModelCache() {
        return data.resolve("models");
    }

    Path defaultPulledModels() {
        return data.resolve("pulled");
    }

    Path defaultStackData() {
        return data.resolve("stack");
    }
}
