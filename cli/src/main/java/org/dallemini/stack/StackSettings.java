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
 * @param serversOnly whether to leave the stages to processes of their own
 * @param stageSettings settings of the stages by their usual names, for example {@code model}
 */
public record StackSettings(
        Path dataDir,
        int kafkaPort,
        int registryPort,
        int objectStorePort,
        int managementPort,
        int apiPort,
        boolean serversOnly,
        Map<String, String> stageSettings) {

    public StackSettings {
        stageSettings = Map.copyOf(stageSettings);
    }

    /** Without the stages' settings, which may hold passwords. */
    @Override
    public String toString() {
        return "stack on " + dataDir;
    }

    /** A stack for the time of one command, that gets in nobody's way. */
    public static StackSettings onFreePorts(Path dataDir, Map<String, String> stageSettings) {
        return new StackSettings(dataDir, 0, 0, 0, 0, -1, false, stageSettings);
    }
}
