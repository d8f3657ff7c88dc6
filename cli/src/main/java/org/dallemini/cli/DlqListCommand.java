package org.dallemini.cli;

import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.LetterText;
import org.dallemini.deadletters.ReplayMarks;
import org.dallemini.deadletters.Section;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dallemini dlq list}. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists dead letters, topic by topic and the oldest first, a line each: topic, partition:offset, time, key, error code, attempts, stage, message.",
            "How many there are of each code goes to standard error.",
            "",
            "Images of canceled jobs are left out unless --canceled or --code canceled asks for them: nothing went wrong with them."
        })
final class DlqListCommand extends DlqCommand.Action {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DlqFilterOptions filterOptions;

    @Mixin
    private CanceledLetters canceled;

    @Option(names = "--limit", paramLabel = "N", description = "Only the N newest, in the order of their times.")
    private @Nullable Integer limit;

    /** A line to print, and when its letter was set aside. */
    private record Line(long time, String text) {}

    @Override
    int act(StageConfig config, Admin admin, DeadLetterLog letters) {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit is " + limit + "; give 1 or more");
        }
        Predicate<DeadLetter> filter = canceled.leaveOut(filterOptions, filterOptions.filter(letters));
        ReplayMarks marks = ReplayMarks.read(config, admin);
        var newest = new PriorityQueue<>(Comparator.comparingLong(Line::time));
        var counts = new TreeMap<String, Integer>();
        for (Section section : letters.sections(filterOptions.topics(config.topics()))) {
            letters.read(section, letter -> {
                if (filter.test(letter)) {
                    counts.merge(letter.code(), 1, Integer::sum);
                    String text = text(letter, marks.contains(section, letter));
                    if (limit == null) {
                        System.out.println(text);
                    } else {
                        newest.add(new Line(letter.record().timestamp(), text));
                        if (newest.size() > limit) {
                            newest.remove();
                        }
                    }
                }
                return !interruption().isRequested();
            });
        }
        while (!newest.isEmpty()) {
            System.out.println(newest.remove().text);
        }
        System.err.println(summary(counts) + canceled.summary());
        return interruption().isRequested() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }

    private static String summary(Map<String, Integer> counts) {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        String codes = counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + LetterText.printable(entry.getKey()))
                .collect(Collectors.joining(", "));
        return all + (all == 1 ? " dead letter" : " dead letters") + (all == 0 ? "" : ": " + codes);
    }

    private String text(DeadLetter letter, boolean replayed) {
        return isJson()
                ? LetterText.compact(LetterText.summary(letter).put("replayed", replayed))
                : LetterText.line(letter, replayed);
    }
}
