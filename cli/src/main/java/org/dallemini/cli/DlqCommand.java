package org.dallemini.cli;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;

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
    abstract static class Action extends ClusterAction {
        /** @return the exit code */
        abstract int act(StageConfig config, Admin admin, DeadLetterLog letters) throws IOException;

        @Override
        final int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
            try (DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
                return act(config, admin, letters);
            }
        }
    }
}
