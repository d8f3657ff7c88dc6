package org.dallemini.cli;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.moderation.ModerationLog;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;

/** {@code dallemini moderation}: what the filters have decided, and what people decide about it. */
@Command(
        name = "moderation",
        mixinStandardHelpOptions = true,
        description = {
            "Lists and shows what the filters have refused or marked, and releases what was refused wrongly.",
            "",
            ClusterOptions.WHICH
        },
        subcommands = {ModerationListCommand.class, ModerationShowCommand.class, ModerationReleaseCommand.class})
final class ModerationCommand extends CommandGroup {
    /** What those that read have in common. */
    abstract static class Action extends ClusterAction {
        /** @return the exit code */
        abstract int act(ModerationLog decisions) throws IOException;

        @Override
        final int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
            try (ModerationLog decisions = ModerationLog.open(config, admin)) {
                return act(decisions);
            }
        }
    }
}
