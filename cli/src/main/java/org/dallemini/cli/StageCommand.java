package org.dallemini.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stack.SideBySide;
import org.dallemini.stack.StartingStage;
import org.dallemini.stage.ManagementServer;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSink;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGenerator;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A stage, or several that belong together, as a process of its own, until it is stopped or fails. */
abstract class StageCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(StageCommand.class);
    private static final Duration POLL = Duration.ofMillis(250);

    @ParentCommand
    private Dallemini root;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions logOptions;

    /** Starts the stage, or those that belong to it; from then on they live until they are closed or fail. */
    abstract List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) throws Exception;

    /**
     * Runs the stage. It ends with 0 when it was asked to stop by SIGTERM, as is the everyday business of who manages
     * processes, and with 130 after Ctrl-C, as shells expect; a second signal ends it at once.
     */
    @Override
    public Integer call() throws Exception {
        Map<String, String> values = config.values(root.home());
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var common = new StageConfig(StageConfig.definition(), values);
        String name = getClass().getAnnotation(Command.class).name();
        var shown = new CopyOnWriteArrayList<RunningStage>(List.of(new StartingStage(name)));
        String failureReason;
        // The port first: it is free or not, whatever the model takes to load; and last, while the stages drain.
        try (ManagementServer management = ManagementServer.start(common, shown, metrics)) {
            if (management != null) {
                log.info("{} serves /livez, /readyz and /metrics on port {}", name, management.port());
            }
            root.interruption().nothingInHand(true);
            List<RunningStage> stages = start(values, metrics);
            try {
                root.interruption().nothingInHand(false);
                shown.addAll(stages);
                shown.remove(0);
                failureReason = awaitEnd(stages);
            } finally {
                SideBySide.close(stages);
            }
        }
        if (failureReason.isEmpty()) {
            return root.interruption().isTermination() ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
        System.err.println("dallemini: " + failureReason); // when all is closed, so that nothing follows
        return ExitCode.FAILURE;
    }

    /** Why a stage has failed; empty if it was asked to stop. */
    private String awaitEnd(List<RunningStage> stages) throws InterruptedException {
        while (!root.interruption().await(POLL)) {
            for (RunningStage stage : stages) {
                if (stage.awaitTermination(Duration.ZERO)) {
                    return stage.name() + " has failed: " + stage.health().detail();
                }
            }
        }
        return "";
    }

    @Command(
            name = "prompt-ingest",
            mixinStandardHelpOptions = true,
            description = "Runs the intake: validates prompts, asks for their images, and follows the jobs.")
    static final class PromptIngestCommand extends StageCommand {
        @Override
        List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) {
            return PromptIngest.startAll(new PromptIngestConfig(values), metrics);
        }
    }

    @Command(
            name = "token-generator",
            mixinStandardHelpOptions = true,
            description = "Runs BART: draws the image tokens of prompts.")
    static final class TokenGeneratorCommand extends StageCommand {
        @Override
        List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) throws Exception {
            return List.of(TokenGenerator.start(new TokenGeneratorConfig(values), metrics));
        }
    }

    @Command(
            name = "image-decoder",
            mixinStandardHelpOptions = true,
            description = "Runs the VQGAN: decodes image tokens to pictures.")
    static final class ImageDecoderCommand extends StageCommand {
        @Override
        List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) throws Exception {
            return List.of(ImageDecoderStage.start(new ImageDecoderConfig(values), metrics));
        }
    }

    @Command(
            name = "storage-sink",
            mixinStandardHelpOptions = true,
            description = "Writes finished pictures to the object store.")
    static final class StorageSinkCommand extends StageCommand {
        @Override
        List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) {
            return List.of(StorageSink.start(new StorageSinkConfig(values), metrics));
        }
    }
}
