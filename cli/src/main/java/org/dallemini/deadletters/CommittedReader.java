package org.dallemini.deadletters;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.stage.config.StageConfig;

/** Reads committed records of partitions from one offset to another, without a group. Not thread-safe. */
final class CommittedReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaConsumer<byte[], byte[]> consumer;

    CommittedReader(StageConfig config) {
        Map<String, Object> settings = new HashMap<>(config.consumer());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"); // whatever the settings say
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** The offsets behind the last records of which is decided that they are committed. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /**
     * Hands over the records of a partition in their order.
     *
     * @param end offset behind the last
     * @param taker says whether to go on
     * @throws TimeoutException if nothing comes for a minute
     */
    void read(TopicPartition partition, long begin, long end, Predicate<ConsumerRecord<byte[], byte[]>> taker) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, begin);
        long position = begin;
        long news = System.nanoTime();
        while (position < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() >= end || !taker.test(record)) {
                    return;
                }
            }
            long now = consumer.position(partition);
            if (now > position) {
                position = now;
                news = System.nanoTime();
            } else if (System.nanoTime() - news > PATIENCE.toNanos()) {
                throw new TimeoutException(partition + " gives nothing from offset " + position + " on for "
                        + PATIENCE.toSeconds() + " s");
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
