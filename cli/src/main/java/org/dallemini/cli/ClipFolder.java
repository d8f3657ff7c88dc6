package org.dallemini.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the CLIP lies that an option names. */
final class ClipFolder {
    static final String HELP =
            "Name of a CLIP that 'models pull' has fetched, or folder of one as transformers' Flax models are saved (default: clip).";

    private ClipFolder() {}

    /** A folder if it is one, else what was pulled under the name. */
    static Path of(String given, Map<String, String> values) {
        Path folder = Path.of(given);
        return given.contains("/") || Files.isDirectory(folder)
                ? folder
                : ConfigOptions.pulledModels(values).folder(given).resolve("clip");
    }
}
