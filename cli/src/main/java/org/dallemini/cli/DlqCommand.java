package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.stack.StackFile;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code dallemini dlq}: what could not be processed. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the dead letters, shows them, sends them back, and deletes them.",
            "",
            "Speaks to the brokers named by --bootstrap-server, --config or the environment; else to the stack that runs on the data directory, if one does; else to localhost:9092."
        },
        subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqReplayCommand.class, DlqPurgeCommand.class})
final class DlqCommand extends CommandGroup {
    /** What the four have in common. */
    abstract static class Action implements Callable<Integer> {
        @ParentCommand
        private DlqCommand parent;

        @Option(
                names = "--output",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text or json (default: ${DEFAULT-VALUE}).")
        private OutputFormat output;

        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                description =
                        "Folder of the embedded stack that is meant (default: .dallemini/stack beside the program).")
        private @Nullable Path dataDir;

        @Mixin
        private ConfigOptions config;

        @Mixin
        private LogOptions log;

        /** @return the exit code */
        abstract int act(StageConfig config, Admin admin, DeadLetterLog letters) throws IOException;

        @Override
        public Integer call() throws IOException {
            var stage = new StageConfig(StageConfig.definition(), settings());
            try (Admin admin = KafkaClients.admin(stage);
                    DeadLetterLog letters = DeadLetterLog.open(stage, admin)) {
                return act(stage, admin, letters);
            }
        }

        private Map<String, String> settings() throws IOException {
            Map<String, String> values = config.values(parent.root().home());
            if (values.containsKey(StageConfig.BOOTSTRAP_SERVERS)) {
                return values;
            }
            Path folder = dataDir == null ? parent.root().home().defaultStackData() : dataDir.toAbsolutePath();
            Optional<Map<String, String>> running = StackFile.read(folder);
            if (running.isEmpty() && dataDir != null) {
                throw new ConfigException("No stack runs on " + folder
                        + ": start it with 'dallemini up', or name brokers with --bootstrap-server");
            }
            return running.orElse(values);
        }

        boolean isJson() {
            return output == OutputFormat.JSON;
        }

        Interruption interruption() {
            return parent.root().interruption();
        }
    }
}
