package org.dallemini.serde;

import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Makes ours of the generic records that a deserializer of somebody else's reads, as {@link Resolution} has it. */
final class ConvertingDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    private final Deserializer<?> generic;
    private final Class<T> type;
    private final BoundedCache<Schema, Conversion> conversions;

    /** @param generic configured with {@link #settings} */
    ConvertingDeserializer(Deserializer<?> generic, Class<T> type, int mostSchemas) {
        this.generic = generic;
        this.type = type;
        conversions = new BoundedCache<>(mostSchemas);
    }

    /** What makes Confluent's deserializer, and those that take its settings, read what the writer wrote. */
    static Map<String, Object> settings(Map<String, ?> settings) {
        Map<String, Object> generic = new HashMap<>(settings);
        generic.put(SerdeConfig.SPECIFIC_READER, "false");
        generic.put("avro.use.logical.type.converters", "false");
        generic.remove(SerdeConfig.SPECIFIC_VALUE_TYPE);
        return generic;
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] data) {
        return deserialize(topic, new RecordHeaders(), data);
    }

    @Override
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] data) {
        Object read = generic.deserialize(topic, headers, data);
        if (read == null || type.isInstance(read)) {
            return type.cast(read);
        }
        if (!(read instanceof GenericContainer record)) {
            throw new MalformedRecordException("The value from topic " + topic + " is no Avro record, but a "
                    + read.getClass().getName());
        }
        Schema writer = record.getSchema();
        return type.cast(conversions.get(writer, this::conversion).ofRecord("Value from topic " + topic, record));
    }

    private Conversion conversion(Schema writer) {
        return Resolution.of(writer, SpecificData.get().getSchema(type), SpecificData.getForClass(type))
                .conversion();
    }

    @Override
    public void close() {
        generic.close();
    }
}
