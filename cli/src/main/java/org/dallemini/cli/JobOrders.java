package org.dallemini.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobLog;
import org.dallemini.stage.commands.JobCommandPublisher;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Parameters;

/** What {@code jobs cancel} and {@code jobs resume} have in common: a command to each job, and its taking effect. */
abstract class JobOrders extends JobsCommand.Action {
    /** How long a job may take to say that it knows; usually it is some tenths of a second. */
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of jobs.")
    private List<String> jobIds = List.of();

    private final JobAction action;

    JobOrders(JobAction action) {
        this.action = action;
    }

    /** Whether the job is as the command would have it. */
    abstract boolean isDone(JobStatus job);

    /** Why the command is of no use any more; empty if it is. */
    abstract String objection(JobStatus job);

    /** What has become of the job, for people; a line. */
    abstract String outcome(JobStatus job);

    @Override
    final int act(StageConfig config, Admin admin, Map<String, String> settings) {
        boolean all = true;
        try (JobLog jobs = JobLog.open(config, admin);
                JobCommandPublisher commands = new JobCommandPublisher(config)) {
            var told = new ArrayList<String>();
            for (String jobId : new LinkedHashSet<>(jobIds)) {
                Optional<JobStatus> job = jobs.find(jobId);
                if (job.isEmpty()) {
                    unknown(jobId);
                    all = false;
                } else if (!objection(job.get()).isEmpty()) {
                    System.err.println("dallemini: job " + jobId + " " + objection(job.get()));
                    all = false;
                } else {
                    commands.publish(jobId, action);
                    told.add(jobId);
                }
            }
            var limit = TimeLimit.of(TIMEOUT, interruption());
            for (String jobId : told) {
                Optional<JobStatus> job = await(jobs, jobId, this::isDone, limit);
                if (job.isEmpty()) {
                    return interruption().isRequested() ? ExitCode.INTERRUPTED : ExitCode.TRY_AGAIN;
                }
                System.out.println(isJson() ? json(job.get()) : outcome(job.get()));
            }
        }
        return all ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** The status once it fits; empty, and the reason said, if it does not in time. */
    static Optional<JobStatus> await(JobLog jobs, String jobId, Predicate<JobStatus> fits, TimeLimit limit) {
        Optional<JobStatus> job = jobs.await(jobId, fits, limit).filter(fits);
        if (job.isEmpty()) {
            System.err.println("dallemini: what was asked of job " + jobId
                    + " is safe and will be done, but the job does not say so yet: is prompt-ingest running? 'dallemini jobs show "
                    + jobId + "' tells when it does");
        }
        return job;
    }
}
