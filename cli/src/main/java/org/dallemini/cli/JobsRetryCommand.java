package org.dallemini.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.deadletters.DeadLetterLog;
import org.dallemini.deadletters.Replayer;
import org.dallemini.jobs.JobLog;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini jobs retry}. */
@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Sends the images and prompts of a job that failed back to where they failed, each once, as 'dlq replay --job ID --yes' does. Do it when the reason is gone. Prints a line each.",
        footer = {
            "",
            "Exit codes: 0 done; 1 some could not be sent back, or there is no such job; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class JobsRetryCommand extends JobsCommand.Action {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "The job's id.")
    private String jobId;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            defaultValue = "3",
            description = "Leave those that have been set aside N times (default: ${DEFAULT-VALUE}).")
    private int maxAttempts;

    @Option(names = "--dry-run", description = "Say what would be sent back, and change nothing.")
    private boolean dryRun;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) {
        if (maxAttempts < 1) {
            throw new ParameterException(spec.commandLine(), "--max-attempts is " + maxAttempts + "; give 1 or more");
        }
        try (JobLog jobs = JobLog.open(config, admin);
                DeadLetterLog letters = DeadLetterLog.open(config, admin)) {
            if (jobs.find(jobId).isEmpty()) {
                return unknown(jobId);
            }
            var report = new ReplayReport(!dryRun, isJson(), maxAttempts);
            var replayer = new Replayer(config, admin, letters, maxAttempts, report::tell);
            boolean finished = true;
            try {
                if (dryRun) {
                    replayer.rehearse(letters.sections(), letters.ofJob(jobId));
                } else {
                    finished = replayer.run(letters.sections(), letters.ofJob(jobId), interruption()::isRequested);
                }
            } finally {
                System.err.println(report.summary("the command without --dry-run"));
            }
            return finished ? report.exitCode() : ExitCode.INTERRUPTED;
        }
    }
}
