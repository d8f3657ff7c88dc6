package org.dallemini.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.stage.config.StageConfig;

/** Reads {@code stored-images} as any follower does, and notes when each image was announced. */
final class StoredImageLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final StageConfig config;
    private final List<Long> announced = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    private StoredImageLog(StageConfig config) {
        this.config = config;
        this.thread = new Thread(this::run, "arrivals");
        this.thread.setDaemon(true);
    }

    static StoredImageLog follow(StageConfig config) {
        var arrivals = new StoredImageLog(config);
        arrivals.thread.start();
        return arrivals;
    }

    private void run() {
        Map<String, Object> settings = config.consumer();
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            WholeTopic.assign(consumer, config.topics().storedImages());
            while (!closed) {
                consumer.poll(POLL).forEach(record -> add(record.timestamp()));
            }
        }
    }

    private synchronized void add(long timestamp) {
        announced.add(timestamp);
    }

    synchronized int count() {
        return announced.size();
    }

    /** Images that were announced from one moment to another, in milliseconds since 1970. */
    synchronized long between(long fromMillis, long toMillis) {
        return announced.stream()
                .filter(at -> at >= fromMillis && at < toMillis)
                .count();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
