package org.dallemini.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dallemini.stage.config.StageConfig;

/** Reads {@code stored-images} as any follower does, and notes when each image was announced, and when it saw it. */
final class StoredImageLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final StageConfig config;
    private final Map<String, Object> settings;
    private final List<Sighting> sightings = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * A record as a reader of committed records sees it.
     *
     * @param announced the record's time, in milliseconds since 1970
     * @param seen when the reader got it
     */
    record Sighting(int partition, long announced, long seen) {}

    private StoredImageLog(StageConfig config, Map<String, Object> settings) {
        this.config = config;
        this.settings = settings;
        this.thread = new Thread(this::run, "arrivals");
        this.thread.setDaemon(true);
    }

    /** Follows it with little patience for a broker that says nothing. */
    static StoredImageLog follow(StageConfig config) {
        Map<String, Object> settings = config.consumer();
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        return follow(config, settings);
    }

    /** @param settings of the reader */
    static StoredImageLog follow(StageConfig config, Map<String, Object> settings) {
        var arrivals = new StoredImageLog(config, settings);
        arrivals.thread.start();
        return arrivals;
    }

    private void run() {
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            WholeTopic.assign(consumer, config.topics().storedImages());
            while (!closed) {
                consumer.poll(POLL)
                        .forEach(record ->
                                add(new Sighting(record.partition(), record.timestamp(), System.currentTimeMillis())));
            }
        }
    }

    private synchronized void add(Sighting sighting) {
        sightings.add(sighting);
    }

    synchronized int count() {
        return sightings.size();
    }

    synchronized List<Sighting> sightings() {
        return List.copyOf(sightings);
    }

    /** Images that were announced from one moment to another, in milliseconds since 1970. */
    synchronized long between(long fromMillis, long toMillis) {
        return sightings.stream()
                .filter(image -> image.announced() >= fromMillis && image.announced() < toMillis)
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
