package org.dallemini.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.json.JobJson;
import picocli.CommandLine.Command;

/** {@code dallemini jobs}: how far jobs are. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = {
            "Lists jobs, shows and follows them, cancels them, and sends back what failed. Jobs are known by the topic jobs, whoever submitted them.",
            "",
            ClusterOptions.WHICH
        },
        subcommands = {
            JobsListCommand.class,
            JobsShowCommand.class,
            JobsWatchCommand.class,
            JobsCancelCommand.class,
            JobsResumeCommand.class,
            JobsRetryCommand.class
        })
final class JobsCommand extends CommandGroup {
    /** What all have in common. */
    abstract static class Action extends ClusterAction {
        private static final ObjectMapper JSON = new ObjectMapper();

        /** As the HTTP API has it, on one line. */
        static String json(JobStatus job) {
            try {
                return JSON.writeValueAsString(JobJson.job(job));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }

        static int unknown(String jobId) {
            System.err.println(
                    "dallemini: no job " + jobId
                            + " is known, or not yet: one appears some tenths of a second after it was submitted, and goes some days after it has ended");
            return ExitCode.FAILURE;
        }
    }
}
