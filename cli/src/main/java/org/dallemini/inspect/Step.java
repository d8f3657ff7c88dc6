package org.dallemini.inspect;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that a stage wrote of an image, or of its prompt.
 *
 * @param time of the record
 * @param waited between the record before and the stage's work on it; null if either is not known
 * @param worked how long the stage computed; null if it does not say
 */
public record Step(
        String topic,
        int partition,
        long offset,
        Instant time,
        @Nullable Duration waited,
        @Nullable Duration worked) {

    /** A record of which nothing but its place is known. */
    static Step of(ConsumerRecord<byte[], byte[]> record) {
        return new Step(
                record.topic(),
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                null,
                null);
    }
}
