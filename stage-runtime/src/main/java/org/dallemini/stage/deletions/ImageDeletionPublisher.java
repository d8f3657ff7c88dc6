package org.dallemini.stage.deletions;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.ImageDeletion;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.LazyProducer;
import org.dallemini.stage.config.StageConfig;

/** Tells the pipeline that images are not wanted any more. Connects when the first is published. Thread-safe. */
public final class ImageDeletionPublisher implements AutoCloseable {
    /** How long somebody waits for an answer, once a connection has been tried for. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final String topic;
    private final Serializer<ImageDeletion> serializer;
    private final LazyProducer producer;

    /** @param config of the pipeline; nothing is asked of it yet */
    public ImageDeletionPublisher(StageConfig config) {
        this.topic = config.topics().imageDeletions();
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
     * Returns once the broker has them all.
     *
     * @throws ConfigException if no producer can be made of the settings
     * @throws KafkaException if Kafka or the schema registry does not take one in time (half a minute); others may be
     *     there, and to publish them again does no harm
     */
    public void publish(Collection<ImageDeletion> deletions) {
        List<Future<?>> sent = new ArrayList<>();
        for (ImageDeletion deletion : deletions) {
            byte[] key = deletion.getImageId().getBytes(StandardCharsets.UTF_8);
            sent.add(producer.get().send(new ProducerRecord<>(topic, key, serializer.serialize(topic, deletion))));
        }
        sent.forEach(KafkaClients::get);
    }

    @Override
    public void close() {
        producer.close();
    }
}
