package org.dallemini.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, each with the one type that it may have. A field that is null is as one left out. */
public final class JsonFields {
    private static final int MAX_SHOWN = 64;

    /** Up to here a double holds every integer. */
    private static final double MAX_EXACT_INTEGER = 1L << 53;

    private final JsonNode node;
    private final String pointer;

    private JsonFields(JsonNode node, String pointer) {
        this.node = node;
        this.pointer = pointer;
    }

    /**
     * @param pointer where the object is
     * @param known names that it may have
     */
    public static JsonFields of(JsonNode node, String pointer, Set<String> known) throws RefusedRequestException {
        if (!node.isObject()) {
            throw new RefusedRequestException(Problem.at(
                    pointer,
                    ErrorCode.INVALID_PARAMETER.code(),
                    "Here is no JSON object: send one with the fields " + new TreeSet<>(known) + "."));
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new RefusedRequestException(Problem.at(
                        pointer + "/" + escaped(name),
                        "unknown-field",
                        "The field " + printable(name) + " is not known here: leave it out; there are "
                                + new TreeSet<>(known) + "."));
            }
        }
        return new JsonFields(node, pointer);
    }

    /** RFC 6901, section 3. */
    private static String escaped(String name) {
        return printable(name).replace("~", "~0").replace("/", "~1");
    }

    /** Short, and without anything that could upset a terminal or a log. */
    static String printable(String name) {
        String plain = name.replaceAll("[^ -~]", "?");
        return plain.length() > MAX_SHOWN ? plain.substring(0, MAX_SHOWN) + "..." : plain;
    }

    public @Nullable JsonNode node(String name) {
        JsonNode field = node.get(name);
        return field == null || field.isNull() ? null : field;
    }

    /** Where the field is (RFC 6901). */
    public String pointer(String name) {
        return pointer + "/" + name;
    }

    public @Nullable String text(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        if (field == null) {
            return null;
        }
        return field.isTextual() ? field.textValue() : refuse(name, "a string");
    }

    /** False if it is left out. */
    public boolean flag(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        if (field != null && !field.isBoolean()) {
            return refuse(name, "true or false");
        }
        return field != null && field.booleanValue();
    }

    public @Nullable Integer integer(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        if (field == null) {
            return null;
        }
        return isInteger(field) && field.canConvertToInt()
                ? (Integer) field.intValue()
                : refuse(name, "an integer of 32 bits");
    }

    /** 1.0 is an integer too, as in JSON Schema, unless it is so large that its last digits would be lost. */
    private static boolean isInteger(JsonNode field) {
        return field.isIntegralNumber()
                || (field.isNumber()
                        && field.canConvertToExactIntegral()
                        && Math.abs(field.doubleValue()) < MAX_EXACT_INTEGER);
    }

    /** As a string too: not every JSON library keeps 64 bits. */
    public @Nullable Long longInteger(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        if (field == null) {
            return null;
        }
        if (field.isTextual()) {
            try {
                return Long.valueOf(field.textValue());
            } catch (NumberFormatException e) {
                return refuse(name, "an integer of 64 bits");
            }
        }
        return isInteger(field) && field.canConvertToLong()
                ? (Long) field.longValue()
                : refuse(name, "an integer of 64 bits");
    }

    public @Nullable Float number(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        if (field == null) {
            return null;
        }
        return field.isNumber() ? (Float) field.floatValue() : refuse(name, "a number");
    }

    @Nullable
    Instant time(String name) throws RefusedRequestException {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            Instant time = Instant.parse(text);
            return Instant.ofEpochMilli(time.toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            return refuse(name, "a time such as 2026-11-25T12:00:00Z");
        }
    }

    @Nullable
    ByteBuffer base64(String name) throws RefusedRequestException {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return ByteBuffer.wrap(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return refuse(name, "Base64 (RFC 4648, section 4)");
        }
    }

    /** An object whose values are strings; empty if it is left out. */
    Map<String, String> texts(String name) throws RefusedRequestException {
        JsonNode field = node(name);
        Map<String, String> texts = new TreeMap<>();
        if (field == null) {
            return texts;
        }
        if (!field.isObject()) {
            return refuse(name, "an object whose values are strings");
        }
        for (Map.Entry<String, JsonNode> entry : field.properties()) {
            String pointer = pointer(name) + "/" + escaped(entry.getKey());
            if (!entry.getValue().isTextual()) {
                return refuseAt(pointer, "The value of " + printable(entry.getKey()) + " is no string: correct it.");
            }
            if (!isUnicode(entry.getKey()) || !isUnicode(entry.getValue().textValue())) {
                return refuseAt(pointer, name + " is not text: it holds an unpaired surrogate: correct it.");
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        }
        return texts;
    }

    /** JSON can escape half a character, which UTF-8 cannot hold: it would be published as a question mark. */
    public static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** @return never */
    public <T> T refuse(String name, String expected) throws RefusedRequestException {
        return refuseAt(pointer(name), name + " is not " + expected + ": correct it.");
    }

    private static <T> T refuseAt(String pointer, String detail) throws RefusedRequestException {
        throw new RefusedRequestException(Problem.at(pointer, ErrorCode.INVALID_PARAMETER.code(), detail));
    }
}
