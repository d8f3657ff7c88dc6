package org.dallemini.serde;

import java.util.Map;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes Avro records in Confluent's wire format: a zero byte, the schema's id (4 bytes, big endian), Avro's binary
 * form. Takes the settings of {@link SerdeConfig#DEFINITION}. Thread-safe once configured.
 *
 * @param <T> a generated or generic record
 */
public final class AvroSerializer<T extends GenericContainer> implements Serializer<T> {
    private final @Nullable SchemaRegistryClient shared;
    private volatile @Nullable RecordEncoder encoder;
    private volatile boolean isKey;

    /** For Kafka, which calls {@link #configure}. */
    public AvroSerializer() {
        shared = null;
    }

    /** Shares the client and what it remembers; {@link #configure} must still be called. */
    public AvroSerializer(SchemaRegistryClient registry) {
        shared = registry;
    }

    @Override
    public void configure(Map<String, ?> settings, boolean isKey) {
        SerdeConfig config = new SerdeConfig(settings);
        this.isKey = isKey;
        encoder = new RecordEncoder(shared == null ? new SchemaRegistryClient(config) : shared, config, isKey);
    }

    /**
     * Null gives null, a tombstone.
     *
     * @throws RegistryException if the registry has no id for the record's schema or is unavailable
     * @throws org.apache.kafka.common.errors.SerializationException if the record does not fit its own schema
     */
    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T data) {
        RecordEncoder encoder = this.encoder;
        if (encoder == null) {
            throw new IllegalStateException("configure() has not been called");
        }
        return data == null ? null : encoder.encode(topic, data);
    }

    /**
     * As above; also takes away a schema header that came with the record from another topic, because it would name the
     * wrong schema here.
     */
    @Override
    public byte @Nullable [] serialize(String topic, Headers headers, @Nullable T data) {
        byte[] bytes = serialize(topic, data);
        headers.remove(WireFormat.headerName(isKey));
        return bytes;
    }
}
