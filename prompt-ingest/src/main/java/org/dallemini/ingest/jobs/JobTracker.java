package org.dallemini.ingest.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.JobStatus;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.ingest.streams.StreamsDefinition;
import org.dallemini.ingest.streams.StreamsGraph;
import org.dallemini.ingest.streams.StreamsStage;
import org.dallemini.ingest.streams.TopicSnapshot;
import org.dallemini.ingest.streams.TopicSnapshot.Topic;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.tracing.Tracing;

/**
 * Follows the images of every job and writes {@code JobStatus} to the topic {@code jobs}, and what filters and people
 * decide about them to {@code moderation}.
 *
 * @param stage that does it
 * @param jobs answers questions about them
 */
public record JobTracker(RunningStage stage, Jobs jobs) {
    /** As in metrics and the default consumer group. */
    public static final String NAME = "job-tracker";

    /** Each change takes two transactions to where it can be asked for. */
    private static final long COMMIT_INTERVAL_MS = 100;

    /**
     * Starts the stage and returns at once; {@link RunningStage#health} tells how it gets on.
     *
     * @param retention how long jobs are remembered after they have ended
     * @param stateDir local state lies in a folder in it
     * @throws ConfigException if a setting is unusable
     */
    public static JobTracker start(StageConfig common, Duration retention, Path stateDir, MeterRegistry meters) {
        return start(common, retention, Duration.ZERO, stateDir, meters);
    }

    /**
     * The same.
     *
     * @param imageRetention how long images are kept; zero for ever
     */
    public static JobTracker start(
            StageConfig common, Duration retention, Duration imageRetention, Path stateDir, MeterRegistry meters) {
        Topics topics = common.topics();
        Map<String, Object> serde = common.serde();
        RegistryRetry registryRetry = new RegistryRetry();
        JobUpdateReader reader = new JobUpdateReader(
                topics,
                new JobUpdateReader.Deserializers() {
                    @Override
                    public <T extends SpecificRecord> Deserializer<T> of(Class<T> type) {
                        return EventSerdes.deserializer(type, serde);
                    }
                },
                registryRetry);
        Serializer<JobStatus> serializer = EventSerdes.serializer(serde);
        Serializer<ModerationDecision> decisions = EventSerdes.serializer(serde);
        Serializer<ImageDeletion> deletions = EventSerdes.serializer(serde);
        List<String> needed = new ArrayList<>(JobUpdateReader.topics(topics));
        needed.add(topics.jobs());
        needed.add(topics.jobImages());
        needed.add(topics.moderation());
        String applicationId = common.groupIdBeside(NAME);
        String byJob = applicationId + "-" + JobTopology.BY_JOB + "-repartition";
        StreamsStage stage = StreamsStage.start(
                new StreamsDefinition(
                        common,
                        NAME,
                        applicationId,
                        snapshot -> {
                            int partitions = partitions(snapshot, byJob, topics);
                            return new StreamsGraph(
                                    JobTopology.build(
                                            topics,
                                            retention,
                                            imageRetention,
                                            partitions,
                                            reader,
                                            serializer,
                                            decisions,
                                            deletions,
                                            registryRetry,
                                            meters),
                                    Map.of(byJob, partitions));
                        },
                        needed,
                        List.of(byJob),
                        true,
                        stateDir,
                        defaults(),
                        registryRetry,
                        Tracing.OFF),
                meters);
        return new JobTracker(
                stage,
                new JobsView(
                        view(stage, JobTopology.VIEW, JobStatus.class, serde, topics.jobs()),
                        view(stage, JobTopology.IMAGES_VIEW, StoredImage.class, serde, topics.jobImages())));
    }

    /** Stays as it was at the very first start: what is known of a job is in one of them. */
    private static int partitions(TopicSnapshot snapshot, String byJob, Topics topics) {
        return snapshot.find(byJob).map(Topic::partitions).orElseGet(() -> JobUpdateReader.topics(topics).stream()
                .mapToInt(topic -> snapshot.of(topic).partitions())
                .max()
                .orElseThrow());
    }

    private static <T extends SpecificRecord> View<T> view(
            StreamsStage stage, String store, Class<T> type, Map<String, Object> serde, String topic) {
        var query = StoreQueryParameters.fromNameAndType(store, QueryableStoreTypes.<String, byte[]>keyValueStore());
        return new View<>(() -> stage.store(query), EventSerdes.deserializer(type, serde), topic);
    }

    /** Pictures are read too, for a few bytes of each: not a thousand of a partition at once, as would be usual. */
    private static Map<String, Object> defaults() {
        return Map.of(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                COMMIT_INTERVAL_MS,
                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                20,
                StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                100,
                StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG),
                8 << 20);
    }
}
