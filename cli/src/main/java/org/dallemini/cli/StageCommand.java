package org.dallemini.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stack.SideBySide;
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
    private static final Logger LOG = LoggerFactory.getLogger(StageCommand.class);
    private static final Duration POLL = Duration.ofMillis(250);

    @ParentCommand
    private Dallemini root;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private LogOptions log;

    /** Starts the stage, or those that belong to it; from then on they live until they are closed or fail. */
    abstract List<RunningStage> start(Map<String, String> values, MeterRegistry metrics) throws Exception;

    @Override
    public Integer call() throws Exception {
        Map<String, String> values = config.values(root.home());
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var common = new StageConfig(StageConfig.definition(), values);
        List<RunningStage> stages = start(values, metrics);
        try (ManagementServer management = ManagementServer.start(common, stages, metrics)) {
            if (management != null) {
                LOG.info(
                        "{} serves /livez, /readyz and /metrics on port {}",
                        stages.get(0).name(),
                        management.port());
            }
            while (!root.interruption().await(POLL)) {
                for (RunningStage stage : stages) {
                    if (stage.awaitTermination(Duration.ZERO)) {
                        System.err.println("dallemini: " + stage.name() + " has failed: "
                                + stage.health().detail());
                        return ExitCode.FAILURE;
                    }
                }
            }
        } finally {
            SideBySide.close(stages);
        }
        return ExitCode.INTERRUPTED;
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
