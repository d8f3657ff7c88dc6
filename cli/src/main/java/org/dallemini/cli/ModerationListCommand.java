package org.dallemini.cli;

import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.TimeText;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.moderation.DecisionText;
import org.dallemini.moderation.ModerationLog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dallemini moderation list}. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists what was decided last about each prompt and image, the newest first, a line each: time, decision, id, category, reason. Every refusal has a line, also of the HTTP API, which refuses before anything is published."
        })
final class ModerationListCommand extends ModerationCommand.Action {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--decision",
            paramLabel = "DECISION",
            description = "Only those that were marked, refused or released; may be repeated.")
    private List<ModerationOutcome> outcomes = List.of();

    @Option(names = "--job", paramLabel = "ID", description = "Only those of this job.")
    private @Nullable String job;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Only those since: 30s, 15m, 2h or 7d ago, 2026-01-31, or 2026-01-31T12:00:00Z.")
    private @Nullable String since;

    @Option(names = "--limit", paramLabel = "N", description = "Only the N newest.")
    private @Nullable Integer limit;

    @Override
    int act(ModerationLog decisions) {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit is " + limit + "; give 1 or more");
        }
        List<ModerationDecision> found = decisions.list(filter());
        int shown = limit == null ? found.size() : Math.min(limit, found.size());
        found.stream()
                .limit(shown)
                .forEach(decision ->
                        System.out.println(isJson() ? DecisionText.json(decision) : DecisionText.line(decision)));
        System.err.println(found.size()
                + (found.size() == 1 ? " decision" : " decisions")
                + (shown < found.size() ? ", " + shown + " shown" : ""));
        return ExitCode.OK;
    }

    private Predicate<ModerationDecision> filter() {
        Instant begin;
        try {
            begin = since == null ? Instant.MIN : TimeText.parse(since, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--since: " + e.getMessage());
        }
        return decision -> (outcomes.isEmpty() || outcomes.contains(decision.getDecision()))
                && (job == null || job.equals(decision.getJobId()))
                && !decision.getDecidedAt().isBefore(begin);
    }
}
