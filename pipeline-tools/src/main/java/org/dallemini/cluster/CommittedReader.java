package org.dallemini.cluster;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Reads committed records of partitions from one offset to another, without a group. Not thread-safe. */
public final class CommittedReader implements AutoCloseable {
    private static final byte[] NO_KEY = {};
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long FIRST_LOOK = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** How long the broker holds the fetch behind a partition's end, and with it that of the next partition. */
    private static final int FETCH_WAIT_MS = 20;

    private final StageConfig config;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable KafkaConsumer<byte[], byte[]> follower;

    public CommittedReader(StageConfig config) {
        this.config = config;
        this.consumer = consumer(config, Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(StageConfig config, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(config.consumer());
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"); // whatever the settings say
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** The offset behind the last record of which is decided that it is committed. */
    public long end(TopicPartition partition) {
        return ends(List.of(partition)).getOrDefault(partition, 0L);
    }

    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /**
     * Hands over the records of a partition in their order.
     *
     * @param end offset behind the last
     * @param taker says whether to go on
     * @throws TimeoutException if nothing comes for a minute
     */
    public void read(TopicPartition partition, long begin, long end, Predicate<ConsumerRecord<byte[], byte[]>> taker) {
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
            } else if (System.nanoTime() - news > TIMEOUT.toNanos()) {
                throw new TimeoutException(
                        partition + " gives nothing from offset " + position + " on for " + TIMEOUT.toSeconds() + " s");
            }
        }
    }

    /** The offsets of the first records of that time or later; of the last records' ends where there are none. */
    public Map<TopicPartition, Long> since(Instant time, Collection<TopicPartition> partitions) {
        var questions = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> questions.put(partition, time.toEpochMilli()));
        var offsets = new HashMap<>(ends(partitions));
        consumer.offsetsForTimes(questions).forEach((partition, found) -> {
            if (found != null) {
                offsets.put(partition, found.offset());
            }
        });
        return offsets;
    }

    /**
     * Hands over the last record that fits, if there is one. Looks at the end of the partition first, and only if
     * nothing fits there further and further to the front.
     *
     * @param begin offset of the first that is looked at
     * @param end offset behind the last
     */
    public Optional<ConsumerRecord<byte[], byte[]>> last(
            TopicPartition partition, long begin, long end, Predicate<ConsumerRecord<byte[], byte[]>> fits) {
        var found = new AtomicReference<@Nullable ConsumerRecord<byte[], byte[]>>();
        long to = end;
        for (long many = FIRST_LOOK; to > begin && found.get() == null; many *= 8) {
            long from = Math.max(begin, to - many);
            read(partition, from, to, record -> {
                if (fits.test(record)) {
                    found.set(record);
                }
                return true;
            });
            to = from;
        }
        return Optional.ofNullable(found.get());
    }

    /** Hands over the last record of each key of a compacted topic, tombstones too, in no order. */
    public void readLast(List<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        Map<TopicPartition, Long> begins = beginnings(partitions);
        Map<TopicPartition, Long> ends = ends(partitions);
        for (TopicPartition partition : partitions) { // a key is in one of them
            var last = new HashMap<ByteBuffer, ConsumerRecord<byte[], byte[]>>();
            read(partition, begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L), record -> {
                last.put(ByteBuffer.wrap(record.key() == null ? NO_KEY : record.key()), record);
                return true;
            });
            last.values().forEach(taker);
        }
    }

    /** Begins to follow a partition from an offset on; {@link #news} has what comes. */
    public void follow(TopicPartition partition, long from) {
        KafkaConsumer<byte[], byte[]> following = follower == null ? consumer(config, Map.of()) : follower;
        follower = following;
        following.assign(List.of(partition));
        following.seek(partition, from);
    }

    /** What has come to the partition that is followed, possibly nothing within some tenths of a second. */
    public Iterable<ConsumerRecord<byte[], byte[]>> news() {
        return Objects.requireNonNull(follower, "follow() has not been called").poll(POLL);
    }

    @Override
    public void close() {
        close(consumer);
        if (follower != null) {
            close(follower);
        }
    }

    /** At once: there is no group to leave. */
    private static void close(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
