package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dallemini.dalle.model.ModelFolder;
import org.jspecify.annotations.Nullable;

/**
 * Where the program lies and where it keeps what it makes. The launcher says the former; {@code DALLEMINI_DATA_DIR}
 * changes the latter.
 *
 * @param program holds {@code models/}
 * @param data holds the embedded stack's data, the model cache and pulled models
 * @param defaultModel folder of the model that draws unless another is asked for
 */
record ProgramFolders(Path program, Path data, Path defaultModel) {
    /** The shipped model that draws unless another is asked for. */
    private static final String DEFAULT_MODEL = "pictograms";

    static ProgramFolders find(@Nullable String launcherHome, Map<String, String> environment) {
        Path program = Path.of(launcherHome == null ? "" : launcherHome)
                .toAbsolutePath()
                .normalize();
        String data = environment.get("DALLEMINI_DATA_DIR");
        return of(
                program,
                data == null ? program.resolve(".dallemini") : Path.of(data).toAbsolutePath());
    }

    /** With the default model that is shipped. */
    static ProgramFolders of(Path program, Path data) {
        return new ProgramFolders(program, data, program.resolve("models").resolve(DEFAULT_MODEL));
    }

    /** Where the shipped model of a name lies, if there is one. */
    Optional<Path> shippedModel(String name) {
        return Optional.of(program.resolve("models").resolve(name)).filter(ProgramFolders::isModel);
    }

    /** The folders of all shipped models. */
    List<Path> shippedModels() throws IOException {
        Path models = program.resolve("models");
        if (!Files.isDirectory(models)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(models)) {
            return folders.filter(ProgramFolders::isModel).sorted().toList();
        }
    }

    private static boolean isModel(Path folder) {
        return Files.isDirectory(new ModelFolder(folder).bart());
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
