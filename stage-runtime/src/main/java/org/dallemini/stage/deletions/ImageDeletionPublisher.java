package org.dallemini.stage.deletions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.events.ImageDeletion;
import org.dallemini.stage.EventPublisher;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.config.StageConfig;

/** Tells the pipeline that images are not wanted any more. Connects when the first is published. Thread-safe. */
public final class ImageDeletionPublisher implements AutoCloseable {
    private final EventPublisher<ImageDeletion> publisher;

    /** @param config of the pipeline; nothing is asked of it yet */
    public ImageDeletionPublisher(StageConfig config) {
        this.publisher = new EventPublisher<>(config, config.topics().imageDeletions());
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
        deletions.forEach(deletion -> sent.add(publisher.send(deletion.getImageId(), deletion)));
        sent.forEach(KafkaClients::get);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
