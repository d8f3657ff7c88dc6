package org.dallemini.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Replayer;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.moderation.Releases;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini moderation release}. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lets pass what a filter has refused: sends its dead letter back with your name and reason, signed, so that the filter lets this record pass and marks what comes of it.",
            "",
            "Only says what it would do, unless --yes is given. It takes the secret moderation.release.key of the stages.",
            "",
            "An image that is released is drawn again from its tokens; of a prompt that is released the images are still judged."
        },
        footer = {
            "",
            "Example:",
            "  dallemini moderation release museum.7/0 --by ann --reason 'a statue, from the catalogue' --yes",
            "",
            "Exit codes: 0 done; 1 some could not be released, or were not refused; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class ModerationReleaseCommand extends ClusterAction {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "ID", description = "Images or prompts, as 'moderation list' names them.")
    private List<String> subjects;

    @Option(names = "--by", required = true, paramLabel = "NAME", description = "Who says so.")
    private String by;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason;

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) {
        Release release = release();
        Releases releases = Releases.of(config);
        if (!releases.arePossible()) {
            throw new ConfigException("nothing can be released without " + Releases.KEY
                    + ", which the stages and this command must share: set it for the prompt ingest, the image decoders"
                    + " and here");
        }
        var report = new ReplayReport(yes, isJson(), Integer.MAX_VALUE);
        boolean finished = true;
        Map<String, String> found = new HashMap<>();
        try (DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            letters.sections()
                    .forEach(section -> letters.read(section, letter -> {
                        if (letter.code().equals(ErrorCode.CONTENT_POLICY.code()) && subjects.contains(letter.key())) {
                            found.put(
                                    letter.key(),
                                    letter.place()); // the last one: it may have been judged several times
                        }
                        return true;
                    }));
            Predicate<DeadLetter> filter = letter -> letter.place().equals(found.get(letter.key()));
            var replayer = new Replayer(
                    config,
                    admin,
                    letters,
                    Integer.MAX_VALUE,
                    record -> releases.sign(record.headers(), record.value(), release),
                    report::tell);
            if (yes) {
                finished = replayer.run(letters.sections(), filter, interruption()::isRequested);
            } else {
                replayer.rehearse(letters.sections(), filter);
            }
        } finally {
            System.err.println(report.summary("--yes"));
        }
        List<String> missing =
                subjects.stream().filter(subject -> !found.containsKey(subject)).toList();
        missing.forEach(subject ->
                System.err.println("dallemini: no filter has refused " + subject + ", or its dead letter is gone"));
        return !finished ? ExitCode.INTERRUPTED : missing.isEmpty() ? report.exitCode() : ExitCode.FAILURE;
    }

    private Release release() {
        try {
            return new Release(by, reason);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
