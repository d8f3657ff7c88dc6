package org.dallemini.generate;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.PromptRequest;
import org.jspecify.annotations.Nullable;

/** Publishes prompts, keyed by their ids. */
final class PromptPublisher implements AutoCloseable {
    private final Producer<String, byte[]> producer;
    private final Serializer<PromptRequest> serializer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param producer closed with this publisher, as is the serializer */
    PromptPublisher(Producer<String, byte[]> producer, Serializer<PromptRequest> serializer, String topic) {
        this.producer = producer;
        this.serializer = serializer;
        this.topic = topic;
    }

    void publish(PromptRequest request) {
        producer.send(
                new ProducerRecord<>(topic, request.getId(), serializer.serialize(topic, request)),
                (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
    }

    /** Waits until the broker has every prompt; fails with the first error if one was refused. */
    void flush() {
        producer.flush();
        Exception error = failure.get();
        if (error != null) {
            throw new KafkaException(
                    "Not all prompts could be published to the topic " + topic + ": " + error.getMessage(), error);
        }
    }

    @Override
    public void close() {
        producer.close();
        serializer.close();
    }
}
