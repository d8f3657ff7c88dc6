package org.dallemini.deadletters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Avro records as JSON for people: bytes as hexadecimal digits, of long ones the beginning. */
final class AvroJson {
    private static final int SHOWN_BYTES = 32;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private AvroJson() {}

    /** @param value a record; of anything else the one field {@code value} */
    static ObjectNode of(GenericContainer value) {
        return node(value) instanceof ObjectNode node
                ? node
                : NODES.objectNode().set("value", node(value));
    }

    private static JsonNode node(@Nullable Object value) {
        if (value instanceof IndexedRecord record) {
            ObjectNode node = NODES.objectNode();
            for (Schema.Field field : record.getSchema().getFields()) {
                node.set(field.name(), node(record.get(field.pos())));
            }
            return node;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode node = NODES.objectNode();
            map.forEach((key, each) -> node.set(String.valueOf(key), node(each)));
            return node;
        }
        if (value instanceof Collection<?> all) {
            ArrayNode node = NODES.arrayNode();
            all.forEach(each -> node.add(node(each)));
            return node;
        }
        if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return NODES.textNode(hex(copy));
        }
        if (value instanceof GenericFixed fixed) {
            return NODES.textNode(hex(fixed.bytes()));
        }
        return scalar(value);
    }

    private static JsonNode scalar(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Long number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Float number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Double number) {
            return NODES.numberNode(number);
        }
        return value instanceof Boolean truth ? NODES.booleanNode(truth) : NODES.textNode(value.toString());
    }

    private static String hex(byte[] bytes) {
        String digits = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN_BYTES));
        return bytes.length > SHOWN_BYTES ? digits + "... (" + bytes.length + " bytes)" : digits;
    }
}
