package org.dallemini.ingest;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.dallemini.schemas.Topics;

/**
 * The graph of the intake, a pure function of its arguments:
 *
 * <pre>
 * prompts ──► intake ────────┬─► image-requests, joint-image-requests
 *             (seen-prompts) ├─► image-requests-bulk, joint-image-requests-bulk
 *                            └─► dead-letters
 * </pre>
 */
final class IntakeTopology {
    static final String PROMPTS = "prompts";
    static final String INTAKE = "intake";
    static final String IMAGE_REQUESTS = "image-requests";
    static final String BULK_IMAGE_REQUESTS = "image-requests-bulk";
    /** To the same topics, for images that are chosen from the same candidates. */
    static final String JOINT_IMAGE_REQUESTS = "joint-image-requests";

    static final String JOINT_BULK_IMAGE_REQUESTS = "joint-image-requests-bulk";
    static final String DEAD_LETTERS = "dead-letters";

    private IntakeTopology() {}

    /**
     * @param retention how long an id is remembered
     * @param commitInterval how long requests of the interactive lane may lie in a transaction with others
     * @param codec shared by all tasks
     */
    static Topology build(
            Topics topics,
            PromptLimits limits,
            Duration retention,
            Duration commitInterval,
            PromptCodec codec,
            IntakeMetrics metrics) {
        PromptValidator validator = new PromptValidator(limits);
        ProcessorSupplier<byte[], byte[], byte[], byte[]> intake =
                () -> new IntakeProcessor(topics, validator, retention, commitInterval, codec, metrics);
        ByteArraySerializer bytes = new ByteArraySerializer();
        PartitionByPrompt byPrompt = new PartitionByPrompt();
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        PROMPTS,
                        IntakeTopology::timestamp,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        topics.prompts())
                .addProcessor(INTAKE, intake, PROMPTS)
                .addStateStore(SeenPrompts.builder(retention), INTAKE)
                .addSink(IMAGE_REQUESTS, topics.imageRequests(), bytes, bytes, INTAKE)
                .addSink(BULK_IMAGE_REQUESTS, topics.bulkImageRequests(), bytes, bytes, INTAKE)
                .addSink(JOINT_IMAGE_REQUESTS, topics.imageRequests(), bytes, bytes, byPrompt, INTAKE)
                .addSink(JOINT_BULK_IMAGE_REQUESTS, topics.bulkImageRequests(), bytes, bytes, byPrompt, INTAKE)
                .addSink(DEAD_LETTERS, Topics.deadLetters(topics.prompts()), bytes, bytes, INTAKE);
    }

    /** Records of very old clients carry none, which would otherwise stop Kafka Streams. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTime) {
        return record.timestamp() >= 0 ? record.timestamp() : System.currentTimeMillis();
    }
}
