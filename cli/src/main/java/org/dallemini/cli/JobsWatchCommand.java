package org.dallemini.cli;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.progress.Progress;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dallemini jobs watch}. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Follows a job until every image is stored or has failed, and then shows what became of it. Ctrl-C ends the watching, not the job.",
        footer = {
            "",
            "Exit codes: 0 all images are stored; 1 some failed, or there is no such job; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class JobsWatchCommand extends JobsCommand.Action {
    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String jobId;

    @Mixin
    private ManifestOptions manifest;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
        manifest.check(settings);
        try (JobLog jobs = JobLog.open(config, admin)) {
            if (jobs.find(jobId).isEmpty()) {
                return unknown(jobId);
            }
            var progress = new Progress(
                    System.err, isTerminal() ? Progress.Style.BAR : Progress.Style.LINES, System::nanoTime);
            Optional<JobStatus> last = new JobFollower(progress, 0, interruption()::isRequested).run(jobs, jobId);
            if (last.isEmpty()) {
                return unknown(jobId); // forgotten meanwhile
            }
            JobStatus job = last.get();
            if (!Jobs.hasEnded(job)) {
                System.err.println("The job goes on; follow it with: dallemini jobs watch " + jobId);
                return ExitCode.INTERRUPTED;
            }
            System.out.println(isJson() ? json(job) : JobText.page(job));
            manifest.write(config, admin, job, settings, null);
            return job.getState() == JobState.COMPLETED ? ExitCode.OK : ExitCode.FAILURE;
        }
    }
}
