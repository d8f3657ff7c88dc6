package org.dallemini.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.intake.IntakeMetrics;
import org.dallemini.ingest.intake.IntakeSettings;
import org.dallemini.ingest.intake.IntakeTopology;
import org.dallemini.ingest.intake.PromptCodec;
import org.dallemini.ingest.intake.SeenPrompts;
import org.dallemini.ingest.jobs.JobTracker;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.StreamsDefinition;
import org.dallemini.ingest.streams.StreamsGraph;
import org.dallemini.ingest.streams.StreamsStage;
import org.dallemini.ingest.streams.TopicSnapshot;
import org.dallemini.ingest.streams.TopicSnapshot.Topic;
import org.dallemini.ingest.webhooks.Webhooks;
import org.dallemini.policy.PromptFilter;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;

/**
 * The stage that reads {@code prompts}, refuses what cannot be drawn, drops what has come before, and asks for each
 * image of the rest on {@code image-requests} or {@code image-requests.bulk}, exactly once.
 */
public final class PromptIngest {
    /** As in metrics and the default consumer group. */
    public static final String NAME = IntakeTopology.NAME;

    /** Kafka's default of {@code message.max.bytes}. */
    private static final int BROKER_MAX_BYTES = 1_048_588;

    private PromptIngest() {}

    /**
     * Starts all that runs in this process: the intake, the tracking of jobs, the webhooks if there are any, and the
     * HTTP API. Each can be closed by itself.
     *
     * @throws ConfigException if a setting is unusable; nothing runs then
     */
    public static List<RunningStage> startAll(PromptIngestConfig config, MeterRegistry meters) {
        List<RunningStage> started = new ArrayList<>();
        try {
            StreamsStage intake = start(config, meters);
            started.add(intake);
            JobTracker tracker = JobTracker.start(
                    config.stage(), config.jobRetention(), config.imageRetention(), config.stateDir(), meters);
            started.add(tracker.stage());
            config.webhooks()
                    .map(settings -> Webhooks.start(config.stage(), settings, config.stateDir(), meters))
                    .ifPresent(started::add);
            Api.start(config, tracker.jobs(), intake::obstacle, meters).ifPresent(started::add);
            return List.copyOf(started);
        } catch (RuntimeException e) {
            started.forEach(RunningStage::close);
            throw e;
        }
    }

    /**
     * Starts the stage and returns at once; {@link RunningStage#health} tells how it gets on.
     *
     * @throws ConfigException if a setting is unusable
     */
    public static StreamsStage start(PromptIngestConfig config, MeterRegistry meters) {
        PromptValidator validator = config.validator(PromptFilter.Door.INTAKE, meters);
        Map<String, Object> serde = config.stage().serde();
        Deserializer<PromptRequest> deserializer = EventSerdes.deserializer(PromptRequest.class, serde);
        Serializer<ImageRequest> serializer = EventSerdes.serializer(serde);
        RegistryRetry registryRetry = new RegistryRetry();
        Topics topics = config.stage().topics();
        int request = config.stage().maxRequestBytes();
        IntakeMetrics metrics = new IntakeMetrics(meters, NAME);
        String applicationId = config.stage().groupId(NAME);
        String byId = IntakeTopology.byIdTopic(applicationId);
        String memory = applicationId + "-" + SeenPrompts.STORE + "-changelog";
        Tracing tracing = Tracing.of(config.stage(), NAME);
        return StreamsStage.start(
                new StreamsDefinition(
                        config.stage(),
                        NAME,
                        applicationId,
                        snapshot -> {
                            int homes = homes(snapshot, byId, memory, topics);
                            PromptCodec codec = new PromptCodec(
                                    deserializer,
                                    serializer,
                                    registryRetry,
                                    byId,
                                    topic -> Math.min(request, maxBytes(snapshot, topic)));
                            return new StreamsGraph(
                                    IntakeTopology.build(new IntakeSettings(
                                            topics,
                                            validator,
                                            Releases.of(config.stage()),
                                            tracing,
                                            config.dedupeRetention(),
                                            config.commitInterval(),
                                            homes,
                                            codec,
                                            metrics)),
                                    Map.of(byId, homes));
                        },
                        List.of(
                                topics.prompts(),
                                topics.imageRequests(),
                                topics.bulkImageRequests(),
                                Topics.deadLetters(topics.prompts())),
                        List.of(byId, memory),
                        false,
                        config.stateDir(),
                        Map.of(
                                StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                                config.streamThreads(),
                                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                                config.bulkCommitInterval().toMillis()),
                        registryRetry,
                        tracing),
                meters);
    }

    /** Stays as it was at the very first start: an id that had another home would be remembered in the old one. */
    private static int homes(TopicSnapshot snapshot, String byId, String memory, Topics topics) {
        return snapshot.find(byId)
                .or(() -> snapshot.find(memory))
                .orElseGet(() -> snapshot.of(topics.prompts()))
                .partitions();
    }

    /** An internal topic that is not there yet will have the broker's own limit. */
    private static int maxBytes(TopicSnapshot snapshot, String topic) {
        return snapshot.find(topic).map(Topic::maxBytes).orElse(BROKER_MAX_BYTES);
    }
}
