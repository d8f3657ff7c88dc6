package org.dallemini.cli;

import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Fate;
import org.dallemini.deadletters.LetterText;
import org.dallemini.deadletters.Replayer;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dallemini dlq replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends dead letters back to the topics they were read from, each once: an interrupted replay is simply run again. Those that come meanwhile wait for the next run.",
            "",
            "Only says what it would do, unless --yes is given. Prints a line a letter."
        },
        footer = {
            "",
            "Example, after prompt.max.characters was raised:",
            "  dallemini dlq replay --code text-too-long --since 1d --yes",
            "",
            "Exit codes: 0 done; 1 some letters could not be sent back; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class DlqReplayCommand extends DlqCommand.Action {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DlqFilterOptions filterOptions;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "3",
            description = "Leave those that have been set aside N times (default: ${DEFAULT-VALUE}).")
    private int maxAttempts;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    private int replayed;
    private int before;
    private int givenUp;
    private int omitted;
    private int refused;

    @Override
    int act(StageConfig config, Admin admin, DeadLetterLog letters) {
        if (maxAttempts < 1) {
            throw new ParameterException(spec.commandLine(), "--max-attempts is " + maxAttempts + "; give 1 or more");
        }
        var replayer = new Replayer(config, admin, letters, maxAttempts, this::tell);
        var sections = letters.sections(filterOptions.topics(config.topics()));
        boolean finished = true;
        if (yes) {
            try {
                finished = replayer.run(sections, filterOptions.filter(), interruption()::isRequested);
            } finally {
                System.err.println(summary());
            }
        } else {
            replayer.rehearse(sections, filterOptions.filter());
            System.err.println(summary());
        }
        return finished ? refused + omitted == 0 ? ExitCode.OK : ExitCode.FAILURE : ExitCode.INTERRUPTED;
    }

    private void tell(DeadLetter letter, Fate fate) {
        String word;
        String more = "";
        if (fate instanceof Fate.Replayed) {
            replayed++;
            word = yes ? "replayed" : "to-replay";
        } else if (fate instanceof Fate.ReplayedBefore) {
            before++;
            word = "replayed-before";
        } else if (fate instanceof Fate.GivenUp stuck) {
            givenUp++;
            word = "given-up";
            more = "set aside " + stuck.attempts() + " times";
        } else if (fate instanceof Fate.Omitted lost) {
            omitted++;
            word = "omitted";
            more = lost.why();
        } else {
            refused++;
            word = "refused";
            more = ((Fate.Refused) fate).why();
        }
        System.out.println(
                isJson()
                        ? LetterText.compact(
                                LetterText.summary(letter).put("fate", word).put("why", more))
                        : String.format(
                                        "%-15s %-32s %-30s %s",
                                        word,
                                        letter.place(),
                                        LetterText.printable(letter.key()),
                                        more.isEmpty()
                                                ? LetterText.printable(letter.code())
                                                : LetterText.printable(more))
                                .stripTrailing());
    }

    private String summary() {
        var text = new StringBuilder();
        if (yes) {
            text.append(replayed).append(" replayed");
        } else {
            text.append(replayed).append(" would be replayed");
        }
        append(text, before, " replayed before");
        append(text, givenUp, " given up after " + maxAttempts + " attempts or more (--max-attempts)");
        append(text, omitted, " whose record was too large for the letter");
        append(text, refused, " refused");
        return yes || replayed == 0
                ? text.toString()
                : text.append("; --yes does it").toString();
    }

    private static void append(StringBuilder text, int count, String what) {
        if (count > 0) {
            text.append(", ").append(count).append(what);
        }
    }
}
