package org.dallemini.stage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events of one type for somebody who waits for the broker's answer. Connects when the first is published.
 * Thread-safe.
 */
public final class EventPublisher<T extends SpecificRecord> implements AutoCloseable {
    /** How long somebody waits for an answer, once a connection has been tried for. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final String topic;
    private final Serializer<T> serializer;
    private final LazyProducer producer;

    /** @param config of the pipeline; nothing is asked of it yet */
    public EventPublisher(StageConfig config, String topic) {
        this.topic = topic;
        this.serializer = EventSerdes.serializer(config.serde());
        Map<String, Object> settings = new HashMap<>(Map.of(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) MAX_WAIT.toMillis(),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) MAX_WAIT.toMillis()));
        settings.putAll(config.producer());
        this.producer = new LazyProducer(settings);
    }

    /**
     * Sends an event; {@link KafkaClients#get} waits until the broker has it.
     *
     * @throws ConfigException if no producer can be made of the settings
     * @throws KafkaException if Kafka or the schema registry cannot be reached in time (half a minute)
     */
    public Future<?> send(String key, T event) {
        return send(key, serializer.serialize(topic, event));
    }

    /**
     * Has a compacted topic forget what was sent under a key; else as {@link #send}.
     *
     * @throws ConfigException if no producer can be made of the settings
     * @throws KafkaException if Kafka cannot be reached in time (half a minute)
     */
    public Future<?> forget(String key) {
        return send(key, (byte[]) null);
    }

    private Future<?> send(String key, byte @Nullable [] value) {
        return producer.get().send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    @Override
    public void close() {
        producer.close();
    }
}
