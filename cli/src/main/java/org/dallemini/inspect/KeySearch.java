package org.dallemini.inspect;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.cluster.ClusterTopics;
import org.dallemini.cluster.CommittedReader;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Finds the last record of a key, in the partition where Kafka's clients put it. Not thread-safe. */
final class KeySearch implements AutoCloseable {
    /** Clocks of broker and stages may differ by that much. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final CommittedReader reader;
    private final Admin admin;
    private final Instant since;
    private final Consumer<String> progress;

    /**
     * @param since records before this time are not looked at
     * @param progress told which topic is searched
     */
    KeySearch(StageConfig config, Admin admin, Instant since, Consumer<String> progress) {
        this.reader = new CommittedReader(config);
        this.admin = admin;
        this.since = since;
        this.progress = progress;
    }

    /**
     * Looks in the key's own partition.
     *
     * @param after about when the record was written at the earliest; null if that is not known
     * @param before the same at the latest
     */
    Optional<ConsumerRecord<byte[], byte[]>> find(
            String topic, String key, @Nullable Instant after, @Nullable Instant before) {
        List<TopicPartition> partitions = ClusterTopics.partitions(topic, admin);
        return partitions.isEmpty()
                ? Optional.empty()
                : find(ClusterTopics.partitionOf(key, partitions), key, after, before);
    }

    /** Looks in the key's own partition first and then in the others: not all clients choose partitions alike. */
    Optional<ConsumerRecord<byte[], byte[]>> findAnywhere(String topic, String key, @Nullable Instant after) {
        Optional<ConsumerRecord<byte[], byte[]>> found = find(topic, key, after, null);
        for (TopicPartition partition : ClusterTopics.partitions(topic, admin)) {
            if (found.isPresent()) {
                return found;
            }
            found = find(partition, key, after, null);
        }
        return found;
    }

    private Optional<ConsumerRecord<byte[], byte[]>> find(
            TopicPartition partition, String key, @Nullable Instant after, @Nullable Instant before) {
        progress.accept("Looking through " + partition);
        Instant first = after == null || after.minus(CLOCK_SKEW).isBefore(since) ? since : after.minus(CLOCK_SKEW);
        long begin = reader.since(first, List.of(partition)).getOrDefault(partition, 0L);
        long end = before == null
                ? reader.end(partition)
                : reader.since(before.plus(CLOCK_SKEW), List.of(partition)).getOrDefault(partition, 0L);
        byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
        return reader.last(partition, begin, end, record -> Arrays.equals(record.key(), wanted));
    }

    @Override
    public void close() {
        reader.close();
    }
}
