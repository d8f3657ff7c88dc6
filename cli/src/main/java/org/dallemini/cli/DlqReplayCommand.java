package org.dallemini.cli;

import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Replayer;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini dlq replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends dead letters back to the topics they were read from, each once: an interrupted replay is simply run again. Those that come meanwhile wait for the next run.",
            "",
            "Only says what it would do, unless --yes is given. Prints a line a letter.",
            "",
            "Images of canceled jobs are left out unless --canceled or --code canceled asks for them; 'dallemini jobs retry ID' takes the cancel back first, without which they are refused again."
        },
        footer = {
            "",
            "Example, after prompt.max.characters was raised:",
            "  dallemini dlq replay --code text-too-long --since 1d --yes",
            "",
            "Exit codes: 0 done; 1 some letters could not be sent back; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class DlqReplayCommand extends DlqCommand.Action {
    @Mixin
    private DlqFilterOptions filterOptions;

    @Mixin
    private CanceledLetters canceled;

    @Mixin
    private ReplayLimit limit;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int act(StageConfig config, Admin admin, DeadLetterLog letters) {
        var report = new ReplayReport(yes, isJson(), limit.maxAttempts());
        var replayer = new Replayer(config, admin, letters, limit.maxAttempts(), report::tell);
        Predicate<DeadLetter> filter = canceled.leaveOut(filterOptions, filterOptions.filter(letters));
        var sections = letters.sections(filterOptions.topics(config.topics()));
        boolean finished = true;
        try {
            if (yes) {
                finished = replayer.run(sections, filter, interruption()::isRequested);
            } else {
                replayer.rehearse(sections, filter);
            }
        } finally {
            System.err.println(report.summary("--yes") + canceled.summary());
        }
        return finished ? report.exitCode() : ExitCode.INTERRUPTED;
    }
}
