package org.dallemini.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.TimeText;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.inspect.ImageTrace;
import org.dallemini.inspect.StoredState;
import org.dallemini.inspect.TraceText;
import org.dallemini.inspect.Tracer;
import org.dallemini.jobs.JobLog;
import org.dallemini.jobs.JobText;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.objects.ObjectStore;
import org.dallemini.objects.ObjectStoreException;
import org.dallemini.objects.S3Config;
import org.dallemini.objects.StoredObject;
import org.dallemini.progress.Progress;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dallemini inspect}: where an image is, those of a prompt, or how far a job is. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells where an image is: its record in each topic with partition, offset and time, how long it waited and was worked on, its object in the bucket, its dead letters.",
            "",
            "Of a prompt it tells that of each of its images; of a job of several prompts how far it is, as 'jobs show' does.",
            "",
            "Records are found by their keys, the last of each topic; a prompt published under another key than its id is not found.",
            "",
            ClusterOptions.WHICH
        },
        footer = {
            "",
            "Examples:",
            "  dallemini inspect shapes.1/0",
            "  dallemini inspect shapes.1 --output json",
            "",
            "Exit codes: 0 found; 1 not found, or its object is missing; 2 wrong usage or settings; 75 try again later."
        })
final class InspectCommand implements Callable<Integer> {
    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "Of an image (the prompt's id, a slash and the index), of a prompt, or of a job.")
    private @Nullable String id;

    @Option(names = "--image", paramLabel = "ID", description = "Only if it is an image.")
    private @Nullable String image;

    @Option(names = "--prompt", paramLabel = "ID", description = "Only if it is a prompt.")
    private @Nullable String prompt;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            defaultValue = "7d",
            description =
                    "Look at records written since: 30s, 15m, 2h or 7d ago, 2026-01-31, or 2026-01-31T12:00:00Z (default: ${DEFAULT-VALUE}).")
    private String since;

    @Option(
            names = "--output",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json, an object an image (default: ${DEFAULT-VALUE}).")
    private OutputFormat output;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private LogOptions log;

    @Override
    public Integer call() throws IOException {
        Instant begin = begin();
        Map<String, String> settings = cluster.settings(root.home());
        var config = new StageConfig(StageConfig.definition(), settings);
        var progress =
                new Progress(System.err, log.isTerminal() ? Progress.Style.BAR : Progress.Style.NONE, System::nanoTime);
        String subject = Stream.of(id, image, prompt)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        List<ImageTrace> traces;
        try (Admin admin = KafkaClients.admin(config);
                var tracer = new Tracer(config, admin, begin, progress::phase)) {
            traces = (isImage(subject) ? List.of(tracer.image(subject)) : tracer.prompt(subject))
                    .stream().filter(ImageTrace::isKnown).toList();
            progress.clear();
            if (traces.isEmpty() && id != null && printJob(config, admin, subject)) {
                return ExitCode.OK;
            }
        }
        if (traces.isEmpty()) {
            System.err.println(
                    "dallemini: nothing is known of " + (image != null ? "image " : prompt != null ? "prompt " : "")
                            + subject + " since " + begin
                            + ": is the id right, and does --since reach back far enough?");
            return ExitCode.FAILURE;
        }
        return print(traces, settings);
    }

    private Instant begin() {
        if (Stream.of(id, image, prompt).filter(Objects::nonNull).count() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "Give one id, of an image (such as shapes.1/0), a prompt or a job");
        }
        String isNoImage = image != null ? image : id != null && id.contains("/") ? id : null;
        if (isNoImage != null && !isImage(isNoImage)) {
            throw new ParameterException(
                    spec.commandLine(), "'" + isNoImage + "' is no id of an image, such as shapes.1/0");
        }
        try {
            return TimeText.parse(since, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--since: " + e.getMessage());
        }
    }

    private static boolean isImage(String id) {
        return id.matches(".+/\\d{1,5}");
    }

    /** False if there is no such job. */
    private boolean printJob(StageConfig config, Admin admin, String jobId) {
        try (JobLog jobs = JobLog.open(config, admin)) {
            Optional<JobStatus> job = jobs.find(jobId);
            job.ifPresent(found -> System.out.println(
                    output == OutputFormat.JSON ? JobsCommand.Action.json(found) : JobText.page(found)));
            return job.isPresent();
        }
    }

    private int print(List<ImageTrace> traces, Map<String, String> settings) throws IOException {
        boolean asExpected = true;
        try (ObjectStore store = settings.containsKey(S3Config.ACCESS_KEY)
                ? new MinioObjectStore(new StorageSinkConfig(settings).s3())
                : null) {
            for (ImageTrace trace : traces) {
                StoredState state = trace.stored() == null ? null : state(trace.stored(), store);
                asExpected &= state == null || List.of("there", "unknown").contains(state.word());
                System.out.println(
                        output == OutputFormat.JSON ? TraceText.json(trace, state) : TraceText.page(trace, state));
            }
        }
        return asExpected ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static StoredState state(StoredImage image, @Nullable ObjectStore store) {
        if (store == null) {
            return StoredState.NOT_ASKED;
        }
        if (!store.bucket().equals(image.getBucket())) {
            return new StoredState("unknown", "not looked at: the settings name the bucket " + store.bucket());
        }
        try {
            Optional<StoredObject> found = store.stat(image.getKey());
            if (found.isEmpty()) {
                return new StoredState("missing", "is not there any more");
            }
            return found.get().size() == image.getSize()
                    ? new StoredState("there", "is there")
                    : new StoredState(
                            "different", "is there, but has " + found.get().size() + " bytes");
        } catch (ObjectStoreException e) {
            return new StoredState("unknown", "not known: " + e.getMessage());
        }
    }
}
