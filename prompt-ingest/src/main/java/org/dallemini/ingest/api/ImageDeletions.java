package org.dallemini.ingest.api;

import org.apache.kafka.common.KafkaException;
import org.dallemini.events.ImageDeletion;

/** Which images have been deleted, and how one more is. */
public interface ImageDeletions extends AutoCloseable {
    /** Whether the image was deleted, as far as this process has heard. */
    boolean contains(String imageId);

    /**
     * Returns once the deletion is safe.
     *
     * @throws KafkaException if that could not be had in time
     */
    void add(ImageDeletion deletion);

    @Override
    default void close() {}
}
