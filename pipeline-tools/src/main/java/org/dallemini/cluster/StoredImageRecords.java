package org.dallemini.cluster;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.StoredImage;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** Decodes records of {@code stored-images}. */
public final class StoredImageRecords {
    private StoredImageRecords() {}

    /**
     * The image of a record; null if somebody has written something else to the topic.
     *
     * @throws SerializationException if the registry cannot be asked
     */
    public static @Nullable StoredImage decode(
            Deserializer<StoredImage> deserializer, ConsumerRecord<byte[], byte[]> record) {
        try {
            return deserializer.deserialize(record.topic(), record.headers(), record.value());
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return null;
        }
    }
}
