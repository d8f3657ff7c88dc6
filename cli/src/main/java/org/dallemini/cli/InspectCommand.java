package org.dallemini.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.deadletters.Moments;
import org.dallemini.events.StoredImage;
import org.dallemini.inspect.ImageTrace;
import org.dallemini.inspect.StoredState;
import org.dallemini.inspect.TraceText;
import org.dallemini.inspect.Tracer;
import org.dallemini.progress.Progress;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.MinioObjectStore;
import org.dallemini.storage.ObjectStore;
import org.dallemini.storage.ObjectStoreException;
import org.dallemini.storage.S3Config;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.storage.StoredObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code dallemini inspect}: where an image is. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells where an image is: its record in each topic with partition, offset and time, how long it waited and was worked on, its object in the bucket, its dead letters.",
            "",
            "Records are found by their keys, the last of each topic; a prompt published under another key than its id is not found.",
            "",
            ClusterOptions.WHICH
        },
        footer = {
            "",
            "Examples:",
            "  dallemini inspect --image shapes.1/0",
            "  dallemini inspect --prompt shapes.1 --output json",
            "",
            "Exit codes: 0 found; 1 not found, or its object is missing; 2 wrong usage or settings; 75 try again later."
        })
final class InspectCommand implements Callable<Integer> {
    @ParentCommand
    private Dallemini root;

    @Spec
    private CommandSpec spec;

    @Option(names = "--image", paramLabel = "ID", description = "An image: the prompt's id, a slash and the index.")
    private @Nullable String image;

    @Option(names = "--prompt", paramLabel = "ID", description = "Or a prompt with all of its images.")
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
        List<ImageTrace> traces;
        try (Admin admin = KafkaClients.admin(config);
                var tracer = new Tracer(config, admin, begin, progress::phase)) {
            traces = image != null ? List.of(tracer.image(image)) : tracer.prompt(String.valueOf(prompt));
        }
        progress.clear();
        if (traces.stream().noneMatch(ImageTrace::isKnown)) {
            System.err.println("dallemini: nothing is known of "
                    + (image == null ? "prompt " + prompt : "image " + image)
                    + " since " + begin + ": is the id right, and does --since reach back far enough?");
            return ExitCode.FAILURE;
        }
        return print(traces, settings);
    }

    private Instant begin() {
        if ((image == null) == (prompt == null)) {
            throw new ParameterException(spec.commandLine(), "Give either --image or --prompt");
        }
        if (image != null && image.lastIndexOf('/') < 1) {
            throw new ParameterException(
                    spec.commandLine(), "'" + image + "' is no id of an image, such as shapes.1/0");
        }
        try {
            return Moments.parse(since, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--since: " + e.getMessage());
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
