package org.dallemini.ingest.intake;

import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.dallemini.ingest.streams.RawRecords;
import org.dallemini.schemas.Topics;

/**
 * The graph of the intake, a pure function of the settings:
 *
 * <pre>
 * prompts ──► intake ──── another partition's id ──► (by-id) ──► intake-by-id
 *               │                                                     │
 *               ├── (accepted-prompts) ───────────────────────────────┤
 *               ▼                                                     ▼
 *             image-requests, image-requests-bulk, the same of joint candidates, dead-letters
 * </pre>
 *
 * <p>An id is remembered in one place, its home: the partition that Kafka's default partitioner gives to the id as a
 * key, among those of the internal topic {@code by-id}. Prompts that lie there are taken in at once, which are all that
 * Java's clients write with the id as the key; others make a detour by that topic. So it does not matter which
 * partitioner a publisher has, nor whether {@code prompts} has been given more partitions since.
 */
public final class IntakeTopology {
    /** The stage's, as in metrics and the default consumer group. */
    public static final String NAME = "prompt-ingest";

    static final String PROMPTS = "prompts";
    static final String INTAKE = "intake";
    static final String INTAKE_BY_ID = "intake-by-id";
    static final String IMAGE_REQUESTS = "image-requests";
    static final String BULK_IMAGE_REQUESTS = "image-requests-bulk";
    /** To the same topics, for images that are chosen from the same candidates. */
    static final String JOINT_IMAGE_REQUESTS = "joint-image-requests";

    static final String JOINT_BULK_IMAGE_REQUESTS = "joint-image-requests-bulk";
    static final String DEAD_LETTERS = "dead-letters";

    private static final String BY_ID = "by-id";

    /** To the homes of other partitions' ids. Kafka Streams gives the entrance of a repartition this name. */
    static final String OTHER_HOMES = BY_ID + "-repartition-filter";

    private IntakeTopology() {}

    /** The name of the internal topic by which prompts reach the homes of their ids. */
    public static String byIdTopic(String applicationId) {
        return applicationId + "-" + BY_ID + "-repartition";
    }

    /** Builds a fresh graph. */
    public static Topology build(IntakeSettings settings) {
        Topics topics = settings.topics();
        Serde<byte[]> bytes = Serdes.ByteArray();
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(SeenPrompts.builder());
        builder.stream(topics.prompts(), RawRecords.consumed(PROMPTS))
                .process(() -> new IntakeProcessor(settings, false), Named.as(INTAKE), SeenPrompts.STORE)
                .repartition(Repartitioned.with(bytes, bytes).withName(BY_ID).withNumberOfPartitions(settings.homes()))
                .process(() -> new IntakeProcessor(settings, true), Named.as(INTAKE_BY_ID), SeenPrompts.STORE);
        ByteArraySerializer raw = new ByteArraySerializer();
        PartitionByPrompt byPrompt = new PartitionByPrompt();
        String[] intakes = {INTAKE, INTAKE_BY_ID};
        return builder.build()
                .addSink(IMAGE_REQUESTS, topics.imageRequests(), raw, raw, intakes)
                .addSink(BULK_IMAGE_REQUESTS, topics.bulkImageRequests(), raw, raw, intakes)
                .addSink(JOINT_IMAGE_REQUESTS, topics.imageRequests(), raw, raw, byPrompt, intakes)
                .addSink(JOINT_BULK_IMAGE_REQUESTS, topics.bulkImageRequests(), raw, raw, byPrompt, intakes)
                .addSink(DEAD_LETTERS, Topics.deadLetters(topics.prompts()), raw, raw, intakes);
    }
}
