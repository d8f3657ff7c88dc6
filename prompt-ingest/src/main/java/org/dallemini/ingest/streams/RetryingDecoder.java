package org.dallemini.ingest.streams;

import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Record;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Failures;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;

/**
 * From a record's bytes to what they mean. Not by the serde of a source: that could neither wait an outage out nor
 * leave the original bytes to whoever sets them aside.
 */
public final class RetryingDecoder<T> {
    private final Class<T> type;
    private final Deserializer<T> deserializer;
    private final RegistryRetry registryRetry;

    /** @param deserializer thread-safe */
    public RetryingDecoder(Class<T> type, Deserializer<T> deserializer, RegistryRetry registryRetry) {
        this.type = type;
        this.deserializer = deserializer;
        this.registryRetry = registryRetry;
    }

    /** @throws RejectedRecordException if the bytes are no such record */
    public T decode(String topic, Record<byte[], byte[]> record) throws RejectedRecordException {
        byte @Nullable [] value = record.value();
        if (value == null) {
            throw new RejectedRecordException(
                    ErrorCode.UNDECODABLE_RECORD,
                    "The record has no value: publish a " + type.getSimpleName() + ".",
                    null);
        }
        try {
            // A copy of the headers: what a deserializer does to them must not reach the output.
            return registryRetry.outlast(
                    () -> deserializer.deserialize(topic, new RecordHeaders(record.headers()), value),
                    Failures::isOutage);
        } catch (SerializationException e) {
            if (Failures.isFatal(e) || Failures.isOutage(e)) {
                throw e;
            }
            throw new RejectedRecordException(ErrorCode.UNDECODABLE_RECORD, Failures.describe(e), e);
        }
    }
}
