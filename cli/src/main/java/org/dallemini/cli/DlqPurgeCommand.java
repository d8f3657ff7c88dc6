package org.dallemini.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Purger;
import org.dallemini.deadletters.Purger.Cut;
import org.dallemini.deadletters.ReplayMarks;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dallemini dlq purge}. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Deletes dead letters for good. Kafka deletes from the beginning of a partition only: the first letter that is not meant keeps all behind it, and how many of those were meant is said. They go with the topic's retention, or with a purge that means the others too; --before cuts cleanly. Images of canceled jobs are meant too.",
            "",
            "Only says what it would do, unless --yes is given. Prints a line a partition: topic, partition, how many are deleted, how many are meant but stay behind others, how many are not meant."
        })
final class DlqPurgeCommand extends DlqCommand.Action {
    @Mixin
    private DlqFilterOptions filterOptions;

    @Option(names = "--replayed", description = "Only those that have been replayed.")
    private boolean onlyReplayed;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int act(StageConfig config, Admin admin, DeadLetterLog letters) {
        Predicate<DeadLetter> filter = filterOptions.filter(letters);
        ReplayMarks marks = ReplayMarks.read(config, admin);
        List<Cut> cuts = Purger.plan(
                letters,
                letters.sections(filterOptions.topics(config.topics())),
                (section, letter) -> filter.test(letter) && (!onlyReplayed || marks.contains(section, letter)));
        if (yes) {
            Purger.delete(admin, cuts);
        }
        cuts.forEach(this::print);
        long deleted = cuts.stream().mapToLong(Cut::deleted).sum();
        long behind = cuts.stream().mapToLong(Cut::behind).sum();
        System.err.println(deleted
                + (yes ? " deleted" : " would be deleted")
                + (behind > 0 ? ", " + behind + " more were meant but lie behind others that stay" : "")
                + (yes || deleted == 0 ? "" : "; --yes does it"));
        return ExitCode.OK;
    }

    private void print(Cut cut) {
        System.out.printf(
                Locale.ROOT,
                isJson()
                        ? "{\"topic\":\"%s\",\"partition\":%d,\"deleted\":%d,\"behind\":%d,\"others\":%d}%n"
                        : "%-32s %3d %8d %8d %8d%n",
                cut.partition().topic(),
                cut.partition().partition(),
                cut.deleted(),
                cut.behind(),
                cut.others());
    }
}
