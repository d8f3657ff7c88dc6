package org.dallemini.serde;

import java.util.Map;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro records in Confluent's wire format, with the schema's id in front of the body or, as of 8.0, its GUID in a
 * header. Takes the settings of {@link SerdeConfig#DEFINITION}. Thread-safe once configured.
 *
 * <p>By default it gives generic records; with {@code specific.avro.reader=true} the generated class of the writer's
 * name; with a class given here or by {@code specific.avro.value.type} always that class, by Avro's schema resolution,
 * so that records of newer and older versions are read too.
 *
 * @param <T> what the settings above make it
 */
public final class AvroDeserializer<T extends GenericContainer> implements Deserializer<T> {
    private final @Nullable SchemaRegistryClient shared;
    private final @Nullable Class<T> type;
    private volatile @Nullable RecordDecoder decoder;

    /** For Kafka, which calls {@link #configure}. */
    public AvroDeserializer() {
        shared = null;
        type = null;
    }

    /** Reads into the generated class; {@link #configure} must still be called. */
    public AvroDeserializer(Class<T> type) {
        this.shared = null;
        this.type = type;
    }

    /** As above; shares the client and what it remembers. */
    public AvroDeserializer(SchemaRegistryClient registry, Class<T> type) {
        this.shared = registry;
        this.type = type;
    }

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        SerdeConfig config = new SerdeConfig(settings);
        decoder = new RecordDecoder(
                shared == null ? new SchemaRegistryClient(config) : shared,
                config,
                isKey,
                type == null ? config.specificType(isKey) : type);
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] data) {
        return deserialize(topic, new RecordHeaders(), data);
    }

    /**
     * Null, a tombstone, gives null.
     *
     * @throws MalformedRecordException if the bytes are no such record: never try again
     * @throws RegistryException if the registry could not tell: try again
     */
    @Override
    @SuppressWarnings("unchecked") // the settings decide what T is
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] data) {
        RecordDecoder decoder = this.decoder;
        if (decoder == null) {
            throw new IllegalStateException("configure() has not been called");
        }
        return data == null ? null : (T) decoder.decode(topic, headers, data);
    }
}
