package org.dallemini.stack;

import java.nio.file.Path;
import java.util.Map;

/**
 * What an embedded stack is made of.
 *
 * @param dataDir where topics, schemas, objects and state lie; one stack at a time
 * @param kafkaPort port of the broker on the loopback address, 0 for any free one; so are the others
 * @param registryPort port of the schema registry
 * @param objectStorePort port of the object store
 * @param managementPort port of {@code /livez}, {@code /readyz} and {@code /metrics}
 * @param apiPort port of the HTTP API, -1 for none
 * @param stages which of them run here
 * @param stageSettings settings of the stages by their usual names, for example {@code model}
 */
public record StackSettings(
        Path dataDir,
        int kafkaPort,
        int registryPort,
        int objectStorePort,
        int managementPort,
        int apiPort,
        Stages stages,
        Map<String, String> stageSettings) {

    /** What runs beside the servers. */
    public enum Stages {
        /** The four stages, with job tracking and HTTP API. */
        ALL,
        /** What an image needs: the four stages without the two. Jobs are tracked when all run again. */
        DRAWING,
        /** None: they are processes of their own. */
        NONE
    }

    public StackSettings {
        stageSettings = Map.copyOf(stageSettings);
    }

    /** Without the stages' settings, which may hold passwords. */
    @Override
    public String toString() {
        return "stack on " + dataDir;
    }

    /** A stack for the time of one command, that gets in nobody's way: without HTTP API. */
    public static StackSettings onFreePorts(Path dataDir, Stages stages, Map<String, String> stageSettings) {
        return new StackSettings(dataDir, 0, 0, 0, 0, -1, stages, stageSettings);
    }
}
