package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stack.StackFile;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which running pipeline a command speaks to; it starts none. */
final class ClusterOptions {
    /** For descriptions of commands. */
    static final String WHICH =
            "Speaks to the brokers named by --bootstrap-server, --config or the environment; else to the stack that runs on the data directory, if one does; else to localhost:9092.";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the embedded stack that is meant (default: .dallemini/stack beside the program).")
    private @Nullable Path dataDir;

    @Mixin
    private ConfigOptions config;

    /** What is configured here, whichever stack runs. */
    Map<String, String> values(ProgramFolders home) {
        return config.values(home);
    }

    /** @throws ConfigException if the stack that is meant does not run */
    Map<String, String> settings(ProgramFolders home) throws IOException {
        Map<String, String> values = config.values(home);
        if (values.containsKey(StageConfig.BOOTSTRAP_SERVERS)) {
            return values;
        }
        Path folder = dataDir == null ? home.defaultStackData() : dataDir.toAbsolutePath();
        Optional<Map<String, String>> running = StackFile.read(folder);
        if (running.isEmpty() && dataDir != null) {
            throw new ConfigException("No stack runs on " + folder
                    + ": start it with 'dallemini up', or name brokers with --bootstrap-server");
        }
        return running.orElse(values);
    }
}
