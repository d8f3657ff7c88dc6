package org.dallemini.ingest.webhooks;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.StreamsDefinition;
import org.dallemini.ingest.streams.StreamsGraph;
import org.dallemini.ingest.streams.StreamsStage;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Health;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.tracing.Tracing;

/** The stage that tells receivers over HTTP what has become of images and jobs. */
public final class Webhooks implements RunningStage {
    /** As in metrics and the default consumer group. */
    public static final String NAME = "webhooks";

    private static final long COMMIT_INTERVAL_MS = 100;

    private final StreamsStage stage;
    private final HttpSender sender;

    private Webhooks(StreamsStage stage, HttpSender sender) {
        this.stage = stage;
        this.sender = sender;
    }

    /**
     * Starts the stage and returns at once; {@link #health} tells how it gets on.
     *
     * @param stateDir local state lies in a folder in it
     * @throws ConfigException if a setting is unusable
     */
    public static Webhooks start(StageConfig common, WebhookSettings settings, Path stateDir, MeterRegistry meters) {
        Topics topics = common.topics();
        Map<String, Object> serde = common.serde();
        RegistryRetry registryRetry = new RegistryRetry();
        EventReader reader = new EventReader(
                topics,
                EventSerdes.deserializer(StoredImage.class, serde),
                EventSerdes.deserializer(JobStatus.class, serde),
                registryRetry);
        HttpSender sender = HttpSender.start(settings, InstantSource.system());
        try {
            StreamsStage stage = StreamsStage.start(
                    new StreamsDefinition(
                            common,
                            NAME,
                            common.groupIdBeside(NAME),
                            snapshot ->
                                    new StreamsGraph(WebhookTopology.build(topics, reader, sender, meters), Map.of()),
                            List.of(
                                    topics.storedImages(),
                                    topics.jobImages(),
                                    topics.jobs(),
                                    topics.webhookDeadLetters()),
                            List.of(),
                            false,
                            stateDir,
                            Map.of(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL_MS),
                            registryRetry,
                            Tracing.OFF),
                    meters);
            return new Webhooks(stage, sender);
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Health health() {
        return stage.health();
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return stage.awaitTermination(timeout);
    }

    /** What is under way is given up, and sent again by whoever takes over. */
    @Override
    public void close() {
        stage.close();
        sender.close();
    }
}
