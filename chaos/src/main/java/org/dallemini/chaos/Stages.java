package org.dallemini.chaos;

import java.nio.file.Path;
import java.util.Map;
import org.dallemini.stage.config.StageConfig;

/** One of each stage, running. */
interface Stages extends AutoCloseable {
    /**
     * Settings of stages that work with the small model, side by side on one machine, and serve no API.
     *
     * @param folder for what they keep and share
     */
    static Map<String, String> settings(Path folder) {
        return Map.of(
                "model",
                Program.sourceTree().resolve("models/shapes").toString(),
                "model.cache",
                folder.resolve("models").toString(),
                StageConfig.INSTANCE_DIR,
                folder.resolve("instances").toString(),
                "threads",
                "1",
                "api.port",
                "-1");
    }

    /** Where each serves {@code /livez}, {@code /readyz} and {@code /metrics} on loopback. */
    Map<StageKind, Integer> managementPorts();

    @Override
    void close();
}
