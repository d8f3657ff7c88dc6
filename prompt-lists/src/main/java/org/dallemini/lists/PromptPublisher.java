package org.dallemini.lists;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;

/** Publishes prompts, keyed by their ids. Not thread-safe. */
public final class PromptPublisher implements AutoCloseable {
    /** So that many prompts share a request; settings of the user's are stronger. */
    private static final Map<String, Object> MANY =
            Map.of(ProducerConfig.LINGER_MS_CONFIG, 5, ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<PromptRequest> serializer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param producer closed with this publisher, as is the serializer */
    public PromptPublisher(Producer<byte[], byte[]> producer, Serializer<PromptRequest> serializer, String topic) {
        this.producer = producer;
        this.serializer = serializer;
        this.topic = topic;
    }

    public static PromptPublisher open(StageConfig config) {
        Map<String, Object> settings = new HashMap<>(config.producer());
        MANY.forEach((name, value) -> {
            if (!isGiven(config, name)) {
                settings.put(name, value);
            }
        });
        return new PromptPublisher(
                KafkaClients.make(
                        () -> new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())),
                EventSerdes.serializer(config.serde()),
                config.topics().prompts());
    }

    private static boolean isGiven(StageConfig config, String name) {
        return config.originals().containsKey("kafka." + name)
                || config.originals().containsKey("producer." + name);
    }

    /**
     * Sends a prompt on its way; {@link #flush} tells when it is there.
     *
     * @throws KafkaException if one that was sent before was not taken, or if the registry does not answer
     */
    public void publish(PromptRequest request, Iterable<Header> headers) {
        check();
        producer.send(
                new ProducerRecord<>(
                        topic,
                        null,
                        request.getId().getBytes(StandardCharsets.UTF_8),
                        serializer.serialize(topic, request),
                        headers),
                (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
    }

    /** Waits until the broker has every prompt; fails with the first error if one was refused. */
    public void flush() {
        producer.flush();
        check();
    }

    private void check() {
        Exception error = failure.get();
        if (error != null) {
            String message = "Not all prompts could be published to the topic " + topic + ": " + error.getMessage();
            throw new KafkaException(message, error);
        }
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
