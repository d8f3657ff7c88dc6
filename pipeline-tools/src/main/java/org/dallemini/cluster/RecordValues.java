package org.dallemini.cluster;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.stage.Failures;

/** Decodes records of topics to which others may write as well. */
public final class RecordValues {
    private RecordValues() {}

    /**
     * The value of a record; empty for a tombstone, or if somebody has written something else to the topic.
     *
     * @throws SerializationException if the registry cannot be asked
     */
    public static <T> Optional<T> decode(Deserializer<T> deserializer, ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null
                    ? Optional.empty()
                    : Optional.of(deserializer.deserialize(record.topic(), record.headers(), record.value()));
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
