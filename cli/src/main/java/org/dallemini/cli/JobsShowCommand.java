package org.dallemini.cli;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dallemini jobs show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows how far a job is, with at most 20 of its failures; 'dlq ls --job ID' has all of them.")
final class JobsShowCommand extends JobsCommand.Action {
    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String jobId;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) {
        try (JobLog jobs = JobLog.open(config, admin)) {
            Optional<JobStatus> job = jobs.find(jobId);
            if (job.isEmpty()) {
                return unknown(jobId);
            }
            System.out.println(isJson() ? json(job.get()) : JobText.page(job.get()));
            return ExitCode.OK;
        }
    }
}
