package org.dallemini.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
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
            ClusterOptions.WHICH
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

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private LogOptions log;

        /** @return the exit code */
        abstract int act(StageConfig config, Admin admin, DeadLetterLog letters) throws IOException;

        @Override
        public Integer call() throws IOException {
            var stage = new StageConfig(
                    StageConfig.definition(), cluster.settings(parent.root().home()));
            try (Admin admin = KafkaClients.admin(stage);
                    DeadLetterLog letters = DeadLetterLog.open(stage, admin)) {
                return act(stage, admin, letters);
            }
        }

        boolean isJson() {
            return output == OutputFormat.JSON;
        }

        Interruption interruption() {
            return parent.root().interruption();
        }
    }
}
