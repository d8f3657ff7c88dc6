package org.dallemini.stage;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records of the assigned partitions that have no committed result yet. Offsets would not do: the marker of
 * each transaction takes one too. So it reads ahead, on a thread and with a consumer of its own, and keeps of each
 * record that it is there. The methods are for the loop's thread, {@link #of} for any.
 */
final class Backlog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Backlog.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final String stage;
    private final Consumer<?, ?> consumer;
    private final Map<TopicPartition, Counted> followed = new ConcurrentHashMap<>();
    private final Backoff backoff = new Backoff();
    private final Wakeup wakeup = new Wakeup();
    private final Thread thread;
    private volatile boolean closed;

    /** Keeps nothing of a record's bytes, and does not even copy them. */
    static final class Nothing implements Deserializer<Object> {
        private static final Object NOTHING = new Object();

        @Override
        public Object deserialize(String topic, byte @Nullable [] data) {
            return NOTHING;
        }

        @Override
        public Object deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
            return NOTHING;
        }
    }

    /** One partition for the length of one assignment. */
    private static final class Counted {
        final OffsetSet offsets;
        volatile boolean isKnown;

        Counted(long from) {
            offsets = new OffsetSet(from);
        }
    }

    /** @param consumer without a group; it is closed with this */
    Backlog(String stage, Consumer<?, ?> consumer) {
        this.stage = stage;
        this.consumer = consumer;
        this.thread = new Thread(this::run, "stage-" + stage + "-backlog");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Counts a partition, anew if it was followed before. */
    void follow(TopicPartition partition, long from) {
        followed.put(partition, new Counted(from));
        wakeUp();
    }

    void forget(Collection<TopicPartition> partitions) {
        if (followed.keySet().removeAll(partitions)) {
            wakeUp();
        }
    }

    /** The results of all records below this offset are committed. */
    void committed(TopicPartition partition, long offset) {
        Counted counted = followed.get(partition);
        if (counted != null) {
            counted.offsets.startFrom(offset);
        }
    }

    /** How many records of a topic's partitions have no result; NaN while they are not all counted. */
    double of(String topic) {
        double sum = 0;
        for (var each : followed.entrySet()) {
            if (each.getKey().topic().equals(topic)) {
                sum += each.getValue().isKnown ? each.getValue().offsets.size() : Double.NaN;
            }
        }
        return sum;
    }

    private void run() {
        var reading = new HashMap<TopicPartition, Counted>();
        while (!closed) {
            try {
                read(reading);
                backoff.succeeded();
            } catch (WakeupException e) {
                continue; // Other partitions, or the end.
            } catch (InterruptException e) {
                break;
            } catch (RuntimeException e) {
                if (Failures.isFatal(e)) {
                    log.warn("{}: the records that wait cannot be counted: {}", stage, Failures.describe(e));
                    followed.values().forEach(counted -> counted.isKnown = false);
                    break;
                }
                pause(e);
            }
        }
        Utils.closeQuietly(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)), "backlog");
    }

    private void read(Map<TopicPartition, Counted> reading) {
        var wanted = new HashMap<>(followed);
        if (!wanted.equals(reading)) {
            consumer.assign(wanted.keySet());
            wanted.forEach((partition, counted) -> {
                if (reading.get(partition) != counted) {
                    consumer.seek(partition, counted.offsets.from());
                }
            });
            reading.clear();
            reading.putAll(wanted);
        }
        if (wanted.isEmpty()) {
            wakeup.await(POLL);
            return;
        }
        for (ConsumerRecord<?, ?> record : consumer.poll(POLL)) {
            Objects.requireNonNull(reading.get(new TopicPartition(record.topic(), record.partition())))
                    .offsets
                    .add(record.offset());
        }
        reading.forEach((partition, counted) -> {
            if (!counted.isKnown && consumer.currentLag(partition).orElse(Long.MAX_VALUE) == 0) {
                counted.isKnown = true;
            }
        });
    }

    private void wakeUp() {
        wakeup.signal();
        consumer.wakeup();
    }

    private void pause(RuntimeException e) {
        log.info("{}: counting what waits failed ({}), trying again", stage, e.toString());
        backoff.failed();
        try {
            backoff.await(() -> closed);
        } catch (InterruptedException interrupted) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        wakeUp();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
