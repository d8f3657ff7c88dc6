package org.dallemini.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.json.JobJson;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.lists.BulkJob;
import org.dallemini.lists.PromptList;
import org.dallemini.lists.PromptPublisher;
import org.dallemini.lists.Survey;
import org.dallemini.progress.Progress;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.submit.BulkPublication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dallemini submit}: a file of prompts as a job. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Publishes a file of prompts as one job to a pipeline that runs, and follows it until every image is stored or has failed.",
            "",
            "The file is read twice: first to check every line, then to publish. Lines that are no prompts are named before anything is published.",
            "",
            "The job's id follows from the file's name and from what is asked for, the prompts' from the job's and their lines: running the same command again goes on where it stopped, and draws nothing twice for as long as prompt-ingest remembers prompts (dedupe.retention.ms, 7 days). A file that has changed is another job.",
            "",
            ClusterOptions.WHICH
        },
        footer = {
            "",
            "Examples:",
            "  dallemini submit prompts.txt",
            "  dallemini submit prompts.csv.gz --manifest results --label campaign=spring",
            "  dallemini submit batch.jsonl --detach",
            "  echo 'a {red|blue} {circle|star}' | dallemini submit - --expand --seeds 1..8 --dry-run",
            "  dallemini submit prompts.txt --expand --wildcards lists --best-of 4 --deadline 2h",
            "",
            "Exit codes: 0 all images are stored, or with --detach all prompts published; 1 some failed or were refused; 2 wrong usage or settings; 75 try again later; 130 interrupted."
        })
final class SubmitCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What to do with lines that are no prompts. */
    enum OnError {
        STOP,
        SKIP
    }

    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "In UTF-8, compressed by gzip or not: text with a prompt a line; CSV with a header of field names (text, count, seed, label.NAME, ...), separated by commas, semicolons or tabs; or JSON lines, OpenAI's batch files too. - for standard input.")
    private Path path;

    @Mixin
    private PromptListOptions listOptions;

    @Option(
            names = "--on-error",
            paramLabel = "WHAT",
            defaultValue = "stop",
            description =
                    "What to do if some lines are no prompts: stop before anything is published, or skip them (default: ${DEFAULT-VALUE}).")
    private OnError onError;

    @Option(names = "--dry-run", description = "Say what would be published, and publish nothing.")
    private boolean dryRun;

    @Option(names = "--detach", description = "End when all is published; 'dallemini jobs watch ID' follows the job.")
    private boolean detach;

    @Mixin
    private ManifestOptions manifest;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text: the job's id; json: its status (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LogOptions log;

    @Override
    public Integer call() throws IOException {
        checkUsage();
        TrustedEvents.allow();
        Map<String, String> settings = cluster.settings(root.home());
        manifest.check(settings);
        var progress = new Progress(
                System.err, log.isTerminal() ? Progress.Style.BAR : Progress.Style.LINES, System::nanoTime);
        progress.phase("Reading " + path);
        PromptLimits limits = new PromptIngestConfig(settings).limits();
        listOptions.check(spec.commandLine(), limits);
        PromptList list = listOptions.list(path, limits);
        BooleanSupplier stopped = root.interruption()::isRequested;
        var badLines = new BadLines();
        Survey survey = Survey.of(list, badLines, stopped);
        progress.clear();
        if (stopped.getAsBoolean()) {
            System.err.println("Nothing was published.");
            return ExitCode.INTERRUPTED;
        }
        if (!isAcceptable(list, survey, badLines)) {
            return ExitCode.FAILURE;
        }
        BulkJob job = survey.job(list);
        if (dryRun) {
            SubmitText.rehearse(job, survey);
            return survey.badLines() == 0 ? ExitCode.OK : ExitCode.FAILURE;
        }
        var config = new StageConfig(StageConfig.definition(), settings);
        try (Admin admin = KafkaClients.admin(config);
                JobLog jobs = JobLog.open(config, admin)) {
            if (!publish(config, admin, jobs, list, job, progress)) {
                return stopped.getAsBoolean() ? ExitCode.INTERRUPTED : ExitCode.FAILURE;
            }
            if (detach) {
                print(submitted(job), job.id());
                System.err.println("Follow it with: dallemini jobs watch " + job.id());
                return survey.badLines() == 0 ? ExitCode.OK : ExitCode.FAILURE;
            }
            Optional<JobStatus> last = new JobFollower(progress, job.images(), stopped).run(jobs, job.id());
            if (last.filter(Jobs::hasEnded).isEmpty()) {
                System.err.println("The job goes on; follow it with: dallemini jobs watch " + job.id());
                return ExitCode.INTERRUPTED;
            }
            JobStatus status = last.get();
            System.err.println("Job " + job.id() + " " + JobText.outcome(status));
            manifest.write(config, admin, status, settings, badLines.file());
            print(JobJson.job(status), job.id());
            return status.getState() == JobState.COMPLETED && survey.badLines() == 0 ? ExitCode.OK : ExitCode.FAILURE;
        }
    }

    private void checkUsage() {
        listOptions.check(spec.commandLine());
        if (detach && manifest.isWanted()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "A manifest is written when the job has ended: leave --detach out, or give --manifest to 'dallemini jobs watch'");
        }
    }

    /** Says what is wrong; false if it is too much. */
    private boolean isAcceptable(PromptList list, Survey survey, BadLines badLines) throws IOException {
        SubmitText.remarks(survey, badLines);
        Path folder = manifest.folder();
        boolean isStopped = survey.badLines() > 0 && onError == OnError.STOP;
        if (folder != null && survey.badLines() > 0 && (isStopped || dryRun || survey.prompts() == 0)) {
            System.err.println(badLines.copyTo(folder) + " has all of them");
        }
        if (isStopped) {
            System.err.println("dallemini: " + SubmitText.badLines(survey)
                    + ": nothing was published. Correct them, or leave them out with --on-error skip");
            return false;
        }
        if (survey.prompts() == 0) {
            System.err.println("dallemini: there is no prompt in " + list.file().name());
            return false;
        }
        if (survey.isTooLarge()) {
            System.err.println("dallemini: " + list.file().name() + " asks for " + survey.prompts()
                    + " prompts, a job has at most " + JobHeaders.MAX_PROMPTS + ": split it");
            return false;
        }
        return true;
    }

    /** False if the prompts are not all there. */
    private boolean publish(
            StageConfig config, Admin admin, JobLog jobs, PromptList list, BulkJob job, Progress progress)
            throws IOException {
        Optional<JobStatus> known = jobs.find(job.id());
        String content = known.map(JobStatus::getContent).orElse(job.content());
        if (!content.equals(job.content())) {
            System.err.println("dallemini: there is a job " + job.id()
                    + " that asks for something else: choose another --job, or none");
            return false;
        }
        if (known.filter(Jobs::isTakenIn).isPresent()) {
            System.err.println("All prompts of job " + job.id() + " have been taken in before; nothing is published.");
            return true;
        }
        ClusterTopics.requirePartitions(config.topics().prompts(), admin);
        System.err.println("Job " + job.id() + ": " + SubmitText.size(job));
        if (!listOptions.remark().isEmpty()) {
            System.err.println(listOptions.remark());
        }
        try (PromptPublisher publisher = PromptPublisher.open(config)) {
            var publication = new BulkPublication(job, publisher, progress);
            boolean finished = publication.run(list, root.interruption()::isRequested);
            progress.clear();
            if (!finished) {
                System.err.println(publication.published() + " of " + job.prompts()
                        + " prompts were published. The same command goes on with the rest.");
            }
            return finished;
        }
    }

    private static Map<String, Object> submitted(BulkJob job) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", job.id());
        fields.put("prompts", job.prompts());
        fields.put("requested", job.images());
        return fields;
    }

    private void print(Map<String, Object> json, String text) throws IOException {
        System.out.println(output == OutputFormat.JSON ? JSON.writeValueAsString(json) : text);
    }
}
