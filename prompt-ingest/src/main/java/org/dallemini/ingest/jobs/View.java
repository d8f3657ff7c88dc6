package org.dallemini.ingest.jobs;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.dallemini.stage.Failures;

/**
 * The local copy of a compacted topic.
 *
 * @param store throws while there is none to ask
 * @param deserializer thread-safe
 */
record View<T extends SpecificRecord>(
        Supplier<ReadOnlyKeyValueStore<String, byte[]>> store, Deserializer<T> deserializer, String topic) {

    /** @throws JobsUnavailableException if the store is closed or being restored, or the registry does not answer */
    <R> R ask(Function<ReadOnlyKeyValueStore<String, byte[]>, R> question) {
        try {
            return question.apply(store.get());
        } catch (KafkaException e) {
            throw new JobsUnavailableException("The state of the jobs is not there: " + Failures.describe(e), e);
        }
    }

    Optional<T> find(String key) {
        return ask(all -> {
            byte[] value = all.get(key);
            return value == null ? Optional.empty() : read(value);
        });
    }

    /** Empty if the topic has another kind of record there. */
    Optional<T> read(byte[] value) {
        try {
            return Optional.of(deserializer.deserialize(topic, value));
        } catch (SerializationException e) {
            if (Failures.isOutage(e) || Failures.isFatal(e)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
