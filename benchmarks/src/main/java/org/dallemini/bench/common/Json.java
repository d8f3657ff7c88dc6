package org.dallemini.bench.common;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** Results as lines of JSON. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .build();

    private Json() {}

    /** A line without its end. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
        }
    }

    /** @throws IllegalArgumentException if the line is no JSON, or of another shape */
    public static <T> T read(String line, Class<T> type) {
        try {
            return MAPPER.readValue(line, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a line of " + type.getSimpleName() + ": " + line, e);
        }
    }

    /** The JSON objects among the lines of a program's output; all else is skipped. */
    public static List<JsonNode> objects(List<String> lines) {
        List<JsonNode> objects = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("{")) {
                try {
                    objects.add(MAPPER.readTree(line));
                } catch (JsonProcessingException e) {
                    // a message that begins like an object
                }
            }
        }
        return objects;
    }

    /** The same as a value. */
    public static <T> T convert(JsonNode node, Class<T> type) {
        return MAPPER.convertValue(node, type);
    }
}
