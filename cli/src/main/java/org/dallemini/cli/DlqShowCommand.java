package org.dallemini.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.LetterText;
import org.dallemini.deadletters.LetterValue;
import org.dallemini.deadletters.ReplayMarks;
import org.dallemini.deadletters.Section;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini dlq show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Shows one dead letter: its headers, its value as JSON or, if it cannot be decoded, the beginning of its bytes, and the stack trace.")
final class DlqShowCommand extends DlqCommand.Action {
    private static final Pattern PLACE = Pattern.compile("(\\d{1,9}):(\\d{1,18})");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "As 'dlq ls' prints it.")
    private String topic;

    @Parameters(index = "1", paramLabel = "PARTITION:OFFSET", description = "As 'dlq ls' prints it.")
    private String place;

    @Option(names = "--raw", paramLabel = "FILE", description = "Also write the value's bytes to a file.")
    private @Nullable Path raw;

    @Override
    int act(StageConfig config, Admin admin, DeadLetterLog letters) throws IOException {
        Matcher at = PLACE.matcher(place);
        if (!at.matches()) {
            throw new ParameterException(spec.commandLine(), "'" + place + "' is no PARTITION:OFFSET, such as 0:12");
        }
        String name = DeadLetterLog.topics(config.topics(), List.of(topic)).get(0);
        DeadLetter letter = letters.find(name, Integer.parseInt(at.group(1)), Long.parseLong(at.group(2)))
                .orElse(null);
        if (letter == null) {
            System.err.println("dallemini: there is no dead letter at " + name + " " + place);
            return ExitCode.FAILURE;
        }
        LetterValue value = LetterValue.of(letter, config.serde());
        boolean replayed = isReplayed(letter, letters, ReplayMarks.read(config, admin));
        System.out.println(
                isJson()
                        ? LetterText.pretty(LetterText.whole(letter, value, replayed))
                        : LetterText.page(letter, value, replayed));
        if (raw != null) {
            byte[] bytes = letter.record().value();
            Files.write(raw, bytes == null ? new byte[0] : bytes);
        }
        return ExitCode.OK;
    }

    private static boolean isReplayed(DeadLetter letter, DeadLetterLog letters, ReplayMarks marks) {
        for (Section section : letters.sections()) {
            if (section.partition().equals(letter.partition()) && marks.contains(section, letter)) {
                return true;
            }
        }
        return false;
    }
}
