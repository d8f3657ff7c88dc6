package org.dallemini.ingest.streams;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Our own records in internal topics and stores, as JSON: a version that adds a field reads what the one before it
 * wrote, and the other way round.
 */
public final class JsonSerde {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL) // so are counts of a later version
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS) // what follows from the components is not written
            .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.ALWAYS))
            .build();

    private JsonSerde() {}

    /** Of a record whose components JSON can tell. */
    public static <T> Serde<T> of(Class<T> type) {
        return Serdes.serdeFrom(
                (topic, value) -> {
                    if (value == null) {
                        return null;
                    }
                    try {
                        return JSON.writeValueAsBytes(value);
                    } catch (IOException e) {
                        throw new SerializationException("Cannot write " + type.getSimpleName() + " for " + topic, e);
                    }
                },
                (topic, bytes) -> {
                    if (bytes == null) {
                        return null;
                    }
                    try {
                        return JSON.readValue(bytes, type);
                    } catch (IOException e) {
                        throw new SerializationException("No " + type.getSimpleName() + " in " + topic, e);
                    }
                });
    }
}
