package org.dallemini.chaos;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.images.ImageDecoderStage;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.stage.ManagementServer;
import org.dallemini.stage.RunningStage;
import org.dallemini.storage.StorageSink;
import org.dallemini.storage.StorageSinkConfig;
import org.dallemini.tokens.TokenGenerator;
import org.dallemini.tokens.TokenGeneratorConfig;

/** The stages in this JVM, each with a management server of its own, as their commands put them together. */
final class StagesHere implements Stages {
    private final List<RunningStage> stages = new ArrayList<>();
    private final Map<StageKind, ManagementServer> servers = new EnumMap<>(StageKind.class);

    private StagesHere() {}

    static StagesHere start(Map<String, String> settings) throws Exception {
        return start(settings, EnumSet.allOf(StageKind.class));
    }

    /** Some of them only. */
    static StagesHere start(Map<String, String> settings, Set<StageKind> kinds) throws Exception {
        var all = new StagesHere();
        try {
            for (StageKind kind : kinds) {
                var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
                List<RunningStage> started = start(kind, settings, metrics);
                all.stages.addAll(started);
                all.servers.put(kind, ManagementServer.start("127.0.0.1", 0, started, metrics));
            }
            return all;
        } catch (Exception e) {
            all.close();
            throw e;
        }
    }

    private static List<RunningStage> start(
            StageKind kind, Map<String, String> settings, PrometheusMeterRegistry metrics) throws Exception {
        return switch (kind) {
            case PROMPT_INGEST -> PromptIngest.startAll(new PromptIngestConfig(settings), metrics);
            case TOKEN_GENERATOR -> List.of(TokenGenerator.start(new TokenGeneratorConfig(settings), metrics));
            case IMAGE_DECODER -> List.of(ImageDecoderStage.start(new ImageDecoderConfig(settings), metrics));
            case STORAGE_SINK -> List.of(StorageSink.start(new StorageSinkConfig(settings), metrics));
        };
    }

    @Override
    public Map<StageKind, Integer> managementPorts() {
        var ports = new EnumMap<StageKind, Integer>(StageKind.class);
        servers.forEach((kind, server) -> ports.put(kind, server.port()));
        return ports;
    }

    @Override
    public void close() {
        stages.parallelStream().forEach(stage -> Utils.closeQuietly(stage, stage.name()));
        servers.values().forEach(ManagementServer::close);
    }
}
