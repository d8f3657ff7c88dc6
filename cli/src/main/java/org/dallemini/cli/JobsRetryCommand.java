package org.dallemini.cli;

import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Replayer;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.jobs.JobLog;
import org.dallemini.stage.commands.JobCommandPublisher;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dallemini jobs retry}. */
@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends the images and prompts of a job that failed back to where they failed, each once, as 'dlq replay --job ID --canceled --yes' does. Do it when the reason is gone. Prints a line each.",
            "",
            "If the job was canceled, that is taken back first, and the images that were given up are drawn too. Ends when the job says that they are on their way: 'dallemini jobs watch ID' follows them."
        },
        footer = {
            "",
            "Exit codes: 0 done; 1 some could not be sent back, or there is no such job; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class JobsRetryCommand extends JobsCommand.Action {
    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String jobId;

    @Mixin
    private ReplayLimit limit;

    @Option(names = "--dry-run", description = "Say what would be sent back, and change nothing.")
    private boolean dryRun;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) {
        try (JobLog jobs = JobLog.open(config, admin)) {
            Optional<JobStatus> job = jobs.find(jobId);
            if (job.isEmpty()) {
                return unknown(jobId);
            }
            if (job.get().getCancelRequestedAt() != null && !dryRun && !resume(config, jobs)) {
                return interruption().isRequested() ? ExitCode.INTERRUPTED : ExitCode.TRY_AGAIN;
            }
            return replay(config, admin, jobs);
        }
    }

    /** Before anything is sent back: it would be refused once more. */
    private boolean resume(StageConfig config, JobLog jobs) {
        try (JobCommandPublisher commands = new JobCommandPublisher(config)) {
            commands.publish(jobId, JobAction.RESUME);
        }
        var timeout = TimeLimit.of(JobOrders.TIMEOUT, interruption());
        return JobOrders.await(jobs, jobId, job -> job.getCancelRequestedAt() == null, timeout)
                .isPresent();
    }

    private int replay(StageConfig config, Admin admin, JobLog jobs) {
        Optional<JobStatus> before = jobs.find(jobId);
        var report = new ReplayReport(!dryRun, isJson(), limit.maxAttempts());
        boolean finished = true;
        try (DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            var replayer = new Replayer(config, admin, letters, limit.maxAttempts(), report::tell);
            if (dryRun) {
                replayer.rehearse(letters.sections(), letters.ofJob(jobId));
            } else {
                finished = replayer.run(letters.sections(), letters.ofJob(jobId), interruption()::isRequested);
            }
        } finally {
            System.err.println(report.summary("the command without --dry-run"));
        }
        if (report.hasReplayed()) {
            Predicate<JobStatus> knows = job -> !Jobs.hasEnded(job)
                    || before.filter(then -> !job.getUpdatedAt().isAfter(then.getUpdatedAt()))
                            .isEmpty();
            finished &= JobOrders.await(jobs, jobId, knows, TimeLimit.of(JobOrders.TIMEOUT, interruption()))
                            .isPresent()
                    || !interruption().isRequested();
        }
        return finished ? report.exitCode() : ExitCode.INTERRUPTED;
    }
}
