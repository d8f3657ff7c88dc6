package org.dallemini.serde;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;

/**
 * Takes {@code avro.java.string} out of the schemas of generated classes. It says how Java holds a string and nothing
 * about the bytes; registered along, it would make a second version of every schema.
 */
public final class PlainSchemas {
    private static final String PROPERTY = "avro.java.string";
    private static final ObjectMapper JSON = new ObjectMapper();

    private PlainSchemas() {}

    /** The same schema without the property; the very same object if it has none. */
    @SuppressWarnings("deprecation") // its successor cannot be told to leave defaults alone
    public static Schema of(Schema schema) {
        String text = schema.toString();
        if (!text.contains(PROPERTY)) {
            return schema;
        }
        try {
            JsonNode tree = JSON.readTree(text);
            strip(tree);
            return new Schema.Parser().setValidateDefaults(false).parse(tree.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro printed a schema that is not JSON: " + text, e);
        }
    }

    private static void strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove(PROPERTY);
        }
        node.forEach(PlainSchemas::strip);
    }
}
