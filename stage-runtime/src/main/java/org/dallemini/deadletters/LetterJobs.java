package org.dallemini.deadletters;

import java.util.Map;
import java.util.Optional;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.schemas.Ids;
import org.dallemini.serde.AvroDeserializer;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;

/** Which jobs dead letters belong to, as the job tracker has it. Not thread-safe. */
final class LetterJobs implements AutoCloseable {
    private final AvroDeserializer<GenericContainer> deserializer = new AvroDeserializer<>();

    /** @param serde settings of the registry */
    LetterJobs(Map<String, ?> serde) {
        deserializer.configure(serde, false);
    }

    /**
     * The job that the letter's record names; without one, or where it cannot be read, the prompt is taken for a job of
     * its own.
     *
     * @throws SerializationException if the registry does not answer
     */
    Optional<String> jobOf(DeadLetter letter) {
        GenericRecord record = decode(letter);
        if (record != null && record.hasField("request") && record.get("request") instanceof GenericRecord request) {
            record = request;
        }
        for (String field : new String[] {"jobId", "id"}) {
            if (record != null && record.hasField(field) && record.get(field) != null) {
                return Optional.of(record.get(field).toString());
            }
        }
        String key = letter.key();
        int slash = key.lastIndexOf('/');
        String prompt = slash < 0 ? key : key.substring(0, slash);
        return Ids.isValid(prompt) ? Optional.of(prompt) : Optional.empty();
    }

    private @Nullable GenericRecord decode(DeadLetter letter) {
        byte[] value = letter.record().value();
        if (value == null) {
            return null;
        }
        try {
            return deserializer.deserialize(
                                    letter.record().topic(),
                                    new RecordHeaders(letter.record().headers()),
                                    value)
                            instanceof GenericRecord record
                    ? record
                    : null;
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return null; // that may be why it was set aside
        }
    }

    @Override
    public void close() {
        deserializer.close();
    }
}
