package org.dallemini.stage;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;

/** Turns the bytes of an input record into the stage's input type. */
final class InputDecoder<I> {
    private final Deserializer<?> deserializer;
    private final Class<I> type;

    InputDecoder(Deserializer<?> deserializer, Class<I> type) {
        this.deserializer = deserializer;
        this.type = type;
    }

    /**
     * @throws RejectedRecordException if these bytes are no such record
     * @throws RuntimeException if the schema registry cannot be asked at present; see {@link Failures#isOutage}
     */
    I decode(ConsumerRecord<byte[], byte[]> input) throws RejectedRecordException {
        if (input.value() == null) {
            throw new RejectedRecordException(ErrorCode.UNDECODABLE_RECORD, "The record has no value", null);
        }
        Object value;
        try {
            // A copy of the headers: what the deserializer does to them must not reach the output.
            value = deserializer.deserialize(input.topic(), new RecordHeaders(input.headers()), input.value());
        } catch (SerializationException e) {
            if (Failures.isFatal(e) || Failures.isOutage(e)) {
                throw e;
            }
            throw new RejectedRecordException(ErrorCode.UNDECODABLE_RECORD, Failures.describe(e), e);
        }
        if (!type.isInstance(value)) {
            throw new RejectedRecordException(
                    ErrorCode.UNDECODABLE_RECORD,
                    "The record is a "
                            + (value == null ? "null" : value.getClass().getSimpleName()) + ", not a "
                            + type.getSimpleName(),
                    null);
        }
        return type.cast(value);
    }
}
