package org.dallemini.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Fate;
import org.dallemini.deadletters.Replayer;
import org.dallemini.deadletters.Section;
import org.dallemini.events.ModerationDecision;
import org.dallemini.moderation.ModerationLog;
import org.dallemini.schemas.Topics;
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
            "Exit codes: 0 done; 1 some could not be released; 2 wrong usage or settings, or no refusal of such an id; 75 try again later; 130 interrupted."
        })
final class ModerationReleaseCommand extends ClusterAction {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "ID",
            description =
                    "Images or prompts, as 'moderation list' names them, or dead letters, as 'moderation show' does ('prompts.dlq 0:12').")
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
        Set<String> places = places(config, admin);
        var report = new ReplayReport(yes, isJson(), Integer.MAX_VALUE);
        Set<String> released = new HashSet<>();
        boolean finished = true;
        try (DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            var replayer = new Replayer(
                    config,
                    admin,
                    letters,
                    Integer.MAX_VALUE,
                    record -> releases.sign(record, release),
                    (letter, fate) -> {
                        report.tell(letter, fate);
                        if (fate instanceof Fate.Replayed) {
                            released.add(letter.place());
                        }
                    });
            List<Section> sections = letters.sections(List.of(
                    Topics.deadLetters(config.topics().prompts()),
                    Topics.deadLetters(config.topics().imageTokens())));
            Predicate<DeadLetter> filter =
                    letter -> letter.code().equals(ErrorCode.CONTENT_POLICY.code()) && places.contains(letter.place());
            if (yes) {
                finished = replayer.run(sections, filter, interruption()::isRequested);
            } else {
                replayer.rehearse(sections, filter);
            }
        } finally {
            System.err.println(report.summary("--yes"));
        }
        places.removeAll(released);
        places.forEach(place -> System.err.println("dallemini: " + place
                + " cannot be released: it is gone, was replayed before, or is no refusal of a prompt or of an image"));
        return !finished ? ExitCode.INTERRUPTED : places.isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Of the dead letters that are meant. */
    private Set<String> places(StageConfig config, Admin admin) {
        Set<String> places = new TreeSet<>();
        try (ModerationLog decisions = ModerationLog.open(config, admin)) {
            for (String subject : subjects) {
                if (DeadLetterLog.isPlace(subject)) {
                    places.add(subject);
                    continue;
                }
                List<ModerationDecision> found = decisions.about(subject);
                List<String> refused = found.stream()
                        .map(ModerationDecision::getLetter)
                        .filter(Objects::nonNull)
                        .toList();
                if (refused.size() > 1) {
                    throw new ConfigException("Several were refused as " + subject + ": look at them ('moderation show "
                            + subject + "'), and name the dead letter that is meant, such as '" + refused.get(0) + "'");
                }
                if (refused.isEmpty() && found.stream().anyMatch(ModerationLog::isOfApi)) {
                    throw new ConfigException("The HTTP API refused " + subject
                            + " before it was published, so there is nothing to release: change the policy, or the"
                            + " key's filter.prompt, and have it asked for again");
                }
                if (refused.isEmpty()) {
                    throw new ConfigException(
                            "no filter has refused " + subject + ", or it was released before; see 'moderation list'");
                }
                places.addAll(refused);
            }
        }
        return places;
    }

    private Release release() {
        try {
            return new Release(by, reason);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
