package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobFootprint;
import org.dallemini.jobs.JobLog;
import org.dallemini.stage.config.StageConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dallemini footprint}. */
@Command(
        name = "footprint",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells what a job's images took: energy, greenhouse gases and Software Carbon Intensity (ISO/IEC 21031), all of them estimates.",
            "",
            "Each image's record says what its drawing took by the settings footprint.* of the stages that drew it; docs/responsible-use.md has the method.",
            "",
            ClusterOptions.WHICH
        },
        footer = {
            "",
            "Examples:",
            "  dallemini footprint big",
            "  dallemini footprint big --embodied-grams 12 --output json",
            "",
            "Exit codes: 0 told; 1 there is no such job, or no image of it has an estimate; 2 wrong usage or settings; 75 try again later."
        })
final class FootprintCommand extends ClusterAction {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    private String jobId;

    @Option(
            names = "--embodied-grams",
            paramLabel = "GRAMS",
            defaultValue = "0",
            description =
                    "The job's share of the greenhouse gases of making the hardware, in grams of CO2-equivalents (default: ${DEFAULT-VALUE}).")
    private double embodiedGrams;

    @Override
    int act(StageConfig config, Admin admin, Map<String, String> settings) throws IOException {
        if (!(embodiedGrams >= 0 && Double.isFinite(embodiedGrams))) {
            throw new ParameterException(spec.commandLine(), "--embodied-grams must be a number from 0 on");
        }
        try (JobLog jobs = JobLog.open(config, admin)) {
            Optional<JobStatus> job = jobs.find(jobId);
            if (job.isEmpty()) {
                return JobsCommand.Action.unknown(jobId);
            }
            JobFootprint footprint = JobFootprint.of(config, admin, job.get(), embodiedGrams);
            System.out.println(isJson() ? footprint.json(new ObjectMapper()).toString() : footprint.text());
            if (footprint.estimated() > 0) {
                return ExitCode.OK;
            }
            System.err.println("dallemini: no stored image of " + jobId + " says what it took; those that earlier"
                    + " versions drew do not");
            return ExitCode.FAILURE;
        }
    }
}
