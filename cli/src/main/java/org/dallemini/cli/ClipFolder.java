package org.dallemini.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the CLIP lies that an option names. */
final class ClipFolder {
    /** What is pulled unless another name is given. */
    static final String USUAL = "clip";

    static final String HELP =
            "Name of a CLIP that 'models pull' has fetched, or folder of one as transformers' Flax models are saved (default: clip).";

    private ClipFolder() {}

    /** What was pulled under the name, else a folder, as names of models are found. */
    static Path of(String given, Map<String, String> values) {
        if (!given.contains("/")) {
            Path pulled = ConfigOptions.pulledModels(values).folder(given).resolve("clip");
            if (Files.isDirectory(pulled) || given.equals(USUAL)) {
                return pulled;
            }
        }
        return Path.of(given);
    }

    /** Whether a folder of models is that of a CLIP, which draws nothing. */
    static boolean isClip(Path model) {
        return Files.isRegularFile(model.resolve("clip/config.json"))
                && !Files.exists(model.resolve("dalle-bart"))
                && !Files.exists(model.resolve("vqgan"));
    }
}
