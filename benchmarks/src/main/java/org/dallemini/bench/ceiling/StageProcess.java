package org.dallemini.bench.ceiling;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.dallemini.bench.common.Events;
import org.dallemini.filter.ImageFilter;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.stage.ManagementServer;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.Stage;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.footprint.Footprints;
import org.dallemini.storage.StorageSink;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGenerator;
import org.dallemini.tokens.TokenGeneratorConfig;

/** A stage whose model costs nothing, as a process: {@code STAGE PORT FILE}, a file of settings. */
final class StageProcess {
    private StageProcess() {}

    public static void main(String[] args) throws Exception {
        System.setProperty("dallemini.log.level", "ERROR");
        var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RunningStage stage = start(PipelineStage.valueOf(args[0]), settings(Path.of(args[2])), metrics);
        Runtime.getRuntime().addShutdownHook(new Thread(stage::close));
        ManagementServer.start("127.0.0.1", Integer.parseInt(args[1]), List.of(stage), metrics);
        Thread.currentThread().join(); // until it is killed
    }

    private static Map<String, String> settings(Path file) throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    /** The storage sink is the stage as it is: what costs nothing is its store. */
    private static RunningStage start(PipelineStage stage, Map<String, String> settings, MeterRegistry metrics) {
        switch (stage) {
            case TOKEN_GENERATOR -> {
                StageConfig config = new TokenGeneratorConfig(settings).stage();
                return Stage.start(config, TokenGenerator.definition(config.topics(), new MadeUpTokens()), metrics);
            }
            case IMAGE_DECODER -> {
                StageConfig config = new ImageDecoderConfig(settings).stage();
                Footprints footprints = Footprints.of(config, ImageDecoderStage.NAME, metrics);
                return Stage.start(
                        config,
                        ImageDecoderStage.definition(
                                config.topics(),
                                new MadeUpPixels(),
                                ImageFilter.off(),
                                Events.model(),
                                footprints,
                                metrics),
                        metrics);
            }
            case STORAGE_SINK -> {
                return StorageSink.start(new StorageSinkConfig(settings), metrics);
            }
        }
        throw new IllegalArgumentException(stage.title());
    }
}
