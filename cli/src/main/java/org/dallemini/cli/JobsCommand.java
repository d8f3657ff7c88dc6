package org.dallemini.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.api.JobJson;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

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
    abstract static class Action implements Callable<Integer> {
        private static final ObjectMapper JSON = new ObjectMapper();

        @ParentCommand
        private JobsCommand parent;

        @Option(
                names = "--output",
                paramLabel = "FORMAT",
                defaultValue = "text",
                description = "text or json (default: ${DEFAULT-VALUE}).")
        private OutputFormat output;

        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private LogOptions log;

        /**
         * Does the work.
         *
         * @param settings that the configuration was made of
         * @return the exit code
         */
        abstract int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException;

        @Override
        public Integer call() throws IOException {
            Map<String, String> settings = cluster.settings(parent.root().home());
            var config = new StageConfig(StageConfig.definition(), settings);
            try (Admin admin = KafkaClients.admin(config)) {
                return act(config, admin, settings);
            }
        }

        final boolean isJson() {
            return output == OutputFormat.JSON;
        }

        final boolean isTerminal() {
            return log.isTerminal();
        }

        final Interruption interruption() {
            return parent.root().interruption();
        }

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
