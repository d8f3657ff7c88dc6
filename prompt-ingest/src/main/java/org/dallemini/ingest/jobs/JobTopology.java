package org.dallemini.ingest.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.JobStatus;
import org.dallemini.events.ModerationDecision;
import org.dallemini.ingest.streams.JsonSerde;
import org.dallemini.ingest.streams.RawRecords;
import org.dallemini.ingest.streams.RegistryRetry;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Failures;

/**
 * The graph of the job tracking, a pure function of its arguments:
 *
 * <pre>
 * image-requests, image-requests.bulk, image-tokens, images, stored-images, their .dlq, prompts.dlq, job-commands,
 * image-deletions
 *   ├─► job-facts ──► (by-job) ─┬─► job-tracker ──► job-status ──────────────► jobs ────────► jobs-view
 *   │                           │   (job-parts, job-tallies, job-untold)       ▲     (all of it, on every process)
 *   │                           └─► job-expiry ─┬────── what is forgotten ─────┤
 *   │                                           └─► image-deletions            │
 *   │                                                                          ▼
 *   ├─► moderation-log ──► moderation-decision ──────────────────────────────► moderation
 *   └─► image-filer ────────────────────────────────────────────────────────► job-images ──► job-images-view
 * </pre>
 */
final class JobTopology {
    static final String VIEW = "jobs-view";
    static final String IMAGES_VIEW = "job-images-view";
    static final String BY_JOB = "by-job";

    private JobTopology() {}

    /**
     * @param retention how long a completed job is kept
     * @param imageRetention how long images are kept; zero for ever
     * @param partitions of the internal topic {@link #BY_JOB}
     * @param reader shared by all tasks, as are the serializers and {@code registryRetry}
     */
    static Topology build(
            Topics topics,
            Duration retention,
            Duration imageRetention,
            int partitions,
            JobUpdateReader reader,
            Serializer<JobStatus> serializer,
            Serializer<ModerationDecision> decisions,
            Serializer<ImageDeletion> deletions,
            RegistryRetry registryRetry,
            MeterRegistry meters) {
        Serde<byte[]> bytes = Serdes.ByteArray();
        Serde<String> text = Serdes.String();
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(JobProcessor.ITEMS), text, JsonSerde.of(ItemProgress.class)));
        builder.addStateStore(Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(JobProcessor.AGGREGATES), text, JsonSerde.of(JobAggregate.class)));
        builder.addStateStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(JobProcessor.PENDING), text, bytes));
        KStream<byte[], byte[]> events =
                builder.stream(JobUpdateReader.topics(topics), RawRecords.consumed("job-events"));
        events.process(() -> new ImageFiler(reader, topics.storedImages()), Named.as("image-filer"))
                .to(topics.jobImages(), Produced.with(text, bytes).withName("job-images"));
        ModerationReader moderation = new ModerationReader(topics, reader);
        events.process(() -> new ModerationProcessor(moderation), Named.as("moderation-log"))
                .mapValues(
                        decision -> bytes(topics.moderation(), decision, decisions, registryRetry),
                        Named.as("moderation-decision"))
                .to(topics.moderation(), Produced.with(text, bytes).withName("moderation"));
        KStream<String, JobUpdate> updates = events.process(
                        () -> new JobUpdateProcessor(reader, meters), Named.as("job-facts"))
                .repartition(Repartitioned.with(text, JsonSerde.of(JobUpdate.class))
                        .withName(BY_JOB)
                        .withNumberOfPartitions(partitions));
        updates.process(
                        JobProcessor::new,
                        Named.as("job-tracker"),
                        JobProcessor.ITEMS,
                        JobProcessor.AGGREGATES,
                        JobProcessor.PENDING)
                .mapValues(status -> bytes(topics.jobs(), status, serializer, registryRetry), Named.as("job-status"))
                .to(topics.jobs(), Produced.with(text, bytes).withName("jobs"));
        updates.process(
                        () -> new JobExpiry(
                                retention,
                                imageRetention,
                                deletion -> bytes(topics.imageDeletions(), deletion, deletions, registryRetry)),
                        Named.as("job-expiry"),
                        JobProcessor.ITEMS,
                        JobProcessor.AGGREGATES)
                .to(
                        (key, deletion, place) -> deletion == null ? topicOf(key, topics) : topics.imageDeletions(),
                        Produced.with(text, bytes).withName("forgotten"));
        view(builder, topics.jobs(), VIEW);
        view(builder, topics.jobImages(), IMAGES_VIEW);
        return builder.build();
    }

    /** Not by the serde of the sink, which could not wait for the registry. */
    private static <T> byte[] bytes(String topic, T value, Serializer<T> serializer, RegistryRetry registryRetry) {
        return registryRetry.outlast(() -> serializer.serialize(topic, value), Failures::isOutageInWriting);
    }

    /** Images are forgotten with their job; their keys have a slash, no job's has. */
    private static String topicOf(String key, Topics topics) {
        return key.indexOf('/') < 0 ? topics.jobs() : topics.jobImages();
    }

    private static void view(StreamsBuilder builder, String topic, String store) {
        builder.globalTable(
                topic,
                Consumed.with(Serdes.String(), Serdes.ByteArray()).withName(store + "-source"),
                Materialized.<String, byte[], KeyValueStore<Bytes, byte[]>>as(store)
                        .withKeySerde(Serdes.String())
                        .withValueSerde(Serdes.ByteArray()));
    }
}
