package org.dallemini.cli;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.DeadLetter;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.LetterFilter;
import org.dallemini.deadletters.TimeText;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant; without any of these all are. */
final class DlqFilterOptions {
    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Only those of this topic, such as prompts or prompts.dlq; may be repeated.")
    private List<String> topics = List.of();

    @Option(
            names = "--code",
            paramLabel = "CODE",
            description = "Only those with this error code, such as text-too-long; may be repeated.")
    private List<String> codes = List.of();

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Only those set aside since: 30s, 15m, 2h or 7d ago, 2026-01-31, or 2026-01-31T12:00:00Z.")
    private @Nullable String since;

    @Option(names = "--before", paramLabel = "WHEN", description = "Only those set aside before; as --since.")
    private @Nullable String before;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Only those of this prompt and its images, or of this image; ID* for all that begin so.")
    private @Nullable String id;

    @Option(
            names = "--job",
            paramLabel = "ID",
            description = "Only those of this job; a prompt that names no job is one of its own.")
    private @Nullable String job;

    /** @throws ConfigException if an option makes no sense */
    Predicate<DeadLetter> filter(DeadLetterLog letters) {
        Set<String> known =
                Arrays.stream(ErrorCode.values()).map(ErrorCode::code).collect(Collectors.toSet());
        for (String code : codes) {
            if (!known.contains(code)) {
                throw new ConfigException("There is no error code '" + code + "': choose from "
                        + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
        Instant now = Instant.now();
        var filter =
                new LetterFilter(Set.copyOf(codes), moment("--since", since, now), moment("--before", before, now), id);
        return job == null ? filter : filter.and(letters.ofJob(job));
    }

    /** Whether an error code is asked for by its name. */
    boolean names(ErrorCode code) {
        return codes.contains(code.code());
    }

    private static @Nullable Instant moment(String option, @Nullable String text, Instant now) {
        try {
            return text == null ? null : TimeText.parse(text, now);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(option + ": " + e.getMessage());
        }
    }

    /** Full names of the topics of dead letters that are meant. */
    List<String> topics(Topics all) {
        return DeadLetterLog.topics(all, topics);
    }
}
