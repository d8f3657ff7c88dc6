package org.dallemini.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dallemini jobs list}. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Lists jobs, the newest first, a line each: id, state, images stored of those asked for, failures, time of submission, labels.")
final class JobsListCommand extends JobsCommand.Action {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those that are pending, running, completed, failed or canceled; may be repeated.")
    private List<JobState> states = List.of();

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Only those with this label; may be repeated, all must fit.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--limit", paramLabel = "N", description = "Only the N newest.")
    private @Nullable Integer limit;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) {
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit is " + limit + "; give 1 or more");
        }
        Predicate<JobStatus> filter = job -> (states.isEmpty() || states.contains(job.getState()))
                && job.getLabels().entrySet().containsAll(labels.entrySet());
        try (JobLog jobs = JobLog.open(config, admin)) {
            List<JobStatus> found = jobs.list(filter).stream()
                    .sorted(Comparator.comparing(JobStatus::getSubmittedAt)
                            .reversed()
                            .thenComparing(JobStatus::getJobId))
                    .toList();
            found.stream()
                    .limit(limit == null ? found.size() : limit)
                    .forEach(job -> System.out.println(isJson() ? json(job) : JobText.line(job)));
            System.err.println(found.size()
                    + (found.size() == 1 ? " job" : " jobs")
                    + (limit != null && limit < found.size() ? ", " + limit + " shown" : ""));
        }
        return ExitCode.OK;
    }
}
