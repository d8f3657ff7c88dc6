package org.dallemini.chaos;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dallemini.stage.config.StageConfig;

/** Reads a pipeline's completion events, from its first on. */
final class StoredImages implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    /** If no image is stored for so long, something is stuck. */
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<String> stored = new HashSet<>();

    StoredImages(StageConfig config) {
        consumer = new KafkaConsumer<>(config.consumer(), new StringDeserializer(), new ByteArrayDeserializer());
        WholeTopic.assign(consumer, config.topics().storedImages());
    }

    /** How many different images are stored by now. */
    int look() {
        consumer.poll(Duration.ZERO).forEach(record -> stored.add(record.key()));
        return stored.size();
    }

    /** Waits until so many are, but no longer than that. */
    void await(int count, Duration longest) {
        long deadline = System.nanoTime() + longest.toNanos();
        while (stored.size() < count && System.nanoTime() - deadline < 0) {
            consumer.poll(POLL).forEach(record -> stored.add(record.key()));
        }
    }

    /**
     * Waits until all are, as long as there is progress.
     *
     * @throws IllegalStateException if there is none
     */
    void awaitAll(int count) {
        while (stored.size() < count) {
            int before = stored.size();
            await(before + 1, TIMEOUT);
            if (stored.size() == before) {
                throw new IllegalStateException("Stuck: " + before + " of " + count
                        + " images are stored, and none for " + TIMEOUT.toSeconds() + " s");
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
