package org.dallemini.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.RunningStage;

/**
 * The stage that reads {@code prompts}, refuses what cannot be drawn, drops what has come before, and asks for each
 * image of the rest on {@code image-requests} or {@code image-requests.bulk}, exactly once.
 */
public final class PromptIngest {
    /** As in metrics and the default consumer group. */
    public static final String NAME = "prompt-ingest";

    /** How long one record may wait for the schema registry; {@code max.poll.interval.ms} is five minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private PromptIngest() {}

    /**
     * Starts the stage and returns at once; {@link RunningStage#health} tells how it gets on.
     *
     * @throws ConfigException if a setting is unusable
     */
    public static RunningStage start(PromptIngestConfig config, MeterRegistry meters) {
        Map<String, Object> serde = config.stage().serde();
        Deserializer<PromptRequest> deserializer = EventSerdes.deserializer(PromptRequest.class, serde);
        Serializer<ImageRequest> serializer = EventSerdes.serializer(serde);
        Patience patience = new Patience(PATIENCE);
        Topology topology = IntakeTopology.build(
                config.stage().topics(),
                config.limits(),
                config.dedupeRetention(),
                new PromptCodec(
                        deserializer, serializer, patience, config.stage().maxRequestBytes()),
                new IntakeMetrics(meters, NAME));
        return IntakeStage.start(config, topology, patience, meters);
    }
}
