package org.dallemini.stage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic, and whatever comes from then on, on a thread of its own. It has no consumer group:
 * this is for what every process must know all of. Whatever is away is waited out; until then nothing new is known.
 */
public final class TopicFollower<T extends SpecificRecord> implements AutoCloseable {
    /** To begin with all records that there are. */
    public static final long ALL = Long.MAX_VALUE;

    /** To begin with none: at the end. */
    public static final long NONE = 0;

    /** Each commit takes an offset too, and there may be one for every record. */
    private static final int OFFSETS_PER_RECORD = 2;

    private static final Logger log = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final String name;
    private final Map<String, Object> settings;
    private final String topic;
    private final long most;
    private final Deserializer<T> deserializer;
    private final Reader<T> reader;
    private final OutageWait wait;
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<?, ?> reading;
    private volatile boolean closed;

    /** Up to where everything has been told. */
    private volatile Map<TopicPartition, Long> told = Map.of();

    /** What is told, on the follower's thread. */
    public interface Reader<T> {
        /** Reading begins; after trouble it begins anew, and what was told comes again. */
        default void begin() {}

        /**
         * @param key of the record; empty if it has none
         * @param timestamp of the record, in milliseconds
         */
        void take(String key, T value, long timestamp);

        /** What was told under this key holds no more: a compacted topic forgets it. */
        default void forget(String key) {}

        /** All has been told that there was when reading began. */
        void caughtUp();
    }

    private TopicFollower(String name, StageConfig config, String topic, Class<T> type, long most, Reader<T> reader) {
        this.name = name;
        this.settings = config.consumer();
        this.topic = topic;
        this.most = most;
        this.deserializer = EventSerdes.deserializer(type, config.serde());
        this.reader = reader;
        this.wait = new OutageWait(log, name + " waits", name + " carries on", () -> closed);
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /**
     * Starts the thread and returns at once.
     *
     * @param name of the thread, and in the log
     * @param most how many records of all partitions together to begin with, the last ones, where they are spread
     *     evenly; {@link #ALL} for all there are, {@link #NONE} for what comes from now on
     */
    public static <T extends SpecificRecord> TopicFollower<T> start(
            String name, StageConfig config, String topic, Class<T> type, long most, Reader<T> reader) {
        TopicFollower<T> follower = new TopicFollower<>(name, config, topic, type, most, reader);
        follower.thread.start();
        return follower;
    }

    /** Why nothing can be read at present, for people; empty if it can. */
    public String trouble() {
        return wait.trouble();
    }

    /** The partitions of the topic; none while it is read from its beginning. */
    public Set<TopicPartition> partitions() {
        return told.keySet();
    }

    /** Whether all has been told that lies before these offsets. */
    public boolean hasRead(Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> now = told;
        return ends.entrySet().stream().allMatch(end -> now.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    private void run() {
        while (!closed) {
            try {
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                try {
                    reading = consumer;
                    follow(consumer);
                } finally {
                    consumer.close(CloseOptions.timeout(Duration.ZERO)); // there is no group to leave
                }
            } catch (WakeupException | InterruptException e) {
                Thread.interrupted(); // closed
            } catch (RuntimeException e) {
                wait.failed(Failures.describe(e));
            }
        }
        Utils.closeQuietly(deserializer, "deserializer");
    }

    /** Returns when it is closed, or has to begin anew. */
    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        if (partitions.isEmpty()) {
            wait.failed("topic " + topic + " does not exist: run 'dallemini topics apply'");
            return;
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        long each = most == ALL || most == NONE ? most : OFFSETS_PER_RECORD * (most / partitions.size() + 1);
        beginnings.forEach((partition, beginning) ->
                consumer.seek(partition, Math.max(beginning, ends.getOrDefault(partition, 0L) - each)));
        told = Map.of();
        reader.begin();
        boolean isBehind = true;
        while (!closed && partitions.size() == partitions(consumer).size()) {
            try {
                consumer.poll(POLL).forEach(this::take);
                boolean isThere =
                        ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                if (isBehind && isThere && !closed) {
                    isBehind = false;
                    reader.caughtUp();
                }
                if (!isBehind) {
                    told = partitions.stream().collect(Collectors.toUnmodifiableMap(one -> one, consumer::position));
                }
                wait.succeeded();
            } catch (RetriableException e) {
                wait.failed(Failures.describe(e));
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        List<PartitionInfo> known = consumer.partitionsFor(topic); // asks the broker only now and then
        return known == null
                ? List.of()
                : known.stream()
                        .map(one -> new TopicPartition(topic, one.partition()))
                        .toList();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            if (record.key() != null) {
                reader.forget(key);
            }
            return;
        }
        T value = read(record);
        if (value != null) {
            reader.take(key, value, record.timestamp());
        }
    }

    /** Of a record that has a value. Waits for as long as the registry is away; null for what is none of this kind. */
    private @Nullable T read(ConsumerRecord<byte[], byte[]> record) {
        while (!closed) {
            try {
                return deserializer.deserialize(topic, record.headers(), record.value());
            } catch (RuntimeException e) {
                if (!Failures.isFatal(e) && !Failures.isOutage(e)) {
                    log.warn(
                            "{} leaves {}-{} offset {} out: {}",
                            name,
                            topic,
                            record.partition(),
                            record.offset(),
                            e.toString());
                    return null;
                }
                wait.failed(Failures.describe(e));
            }
        }
        return null;
    }

    @Override
    public void close() {
        closed = true;
        KafkaConsumer<?, ?> consumer = reading;
        if (consumer != null) {
            consumer.wakeup(); // out of whatever call it is in
        }
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
            thread.interrupt(); // a call to somebody who does not answer
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
