package org.dallemini.deadletters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.dallemini.serde.AvroDeserializer;
import org.dallemini.stage.Failures;

/** The value of a dead letter, as far as it can be read. */
public sealed interface LetterValue {

    /** For people; ends with a line's end. */
    String text();

    /** As JSON. */
    void putInto(ObjectNode letter);

    /** A record of a known schema. */
    record Decoded(String schema, ObjectNode fields) implements LetterValue {
        @Override
        public String text() {
            return "value        " + schema + "\n" + LetterText.pretty(fields) + "\n";
        }

        @Override
        public void putInto(ObjectNode letter) {
            letter.put("schema", schema).set("value", fields);
        }
    }

    /**
     * Bytes that could not be read.
     *
     * @param why for people
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Raw(byte[] bytes, String why) implements LetterValue {
        private static final int SHOWN = 256, A_LINE = 16;

        @Override
        public String text() {
            var text = new StringBuilder("value        ")
                    .append(bytes.length)
                    .append(" bytes that cannot be decoded: ")
                    .append(LetterText.printable(why))
                    .append('\n');
            for (int at = 0; at < Math.min(bytes.length, SHOWN); at += A_LINE) {
                text.append(String.format(Locale.ROOT, "  %04x  ", at));
                var characters = new StringBuilder();
                for (int i = at; i < at + A_LINE; i++) {
                    text.append(i < bytes.length ? HexFormat.of().toHexDigits(bytes[i]) : "  ")
                            .append(' ');
                    if (i < bytes.length) {
                        characters.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
                    }
                }
                text.append(' ').append(characters).append('\n');
            }
            return bytes.length > SHOWN ? text.append("  ...\n").toString() : text.toString();
        }

        @Override
        public void putInto(ObjectNode letter) {
            letter.put("undecodable", why)
                    .put("valueBeginning", HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN)));
        }
    }

    /**
     * The record was too large for the letter.
     *
     * @param what was left out
     * @param origin where the record was read
     */
    record Omitted(String what, String origin) implements LetterValue {
        @Override
        public String text() {
            return "value        not in the letter: " + LetterText.printable(what) + "; the record lies at "
                    + LetterText.printable(origin) + " for as long as that topic keeps it\n";
        }

        @Override
        public void putInto(ObjectNode letter) {
            letter.putNull("value").put("origin", origin);
        }
    }

    /** The record has no value. */
    record None() implements LetterValue {
        @Override
        public String text() {
            return "value        none\n";
        }

        @Override
        public void putInto(ObjectNode letter) {
            letter.putNull("value");
        }
    }

    /**
     * Reads a letter's value with the schema that it names.
     *
     * @param serde settings of the registry
     */
    static LetterValue of(DeadLetter letter, Map<String, ?> serde) {
        byte[] bytes = letter.record().value();
        if (bytes == null) {
            return letter.omitted()
                    .<LetterValue>map(what -> new Omitted(what, letter.origin()))
                    .orElseGet(None::new);
        }
        try (var deserializer = new AvroDeserializer<GenericContainer>()) {
            deserializer.configure(serde, false);
            GenericContainer value = deserializer.deserialize(
                    letter.record().topic(), new RecordHeaders(letter.record().headers()), bytes);
            return value == null ? new None() : new Decoded(value.getSchema().getFullName(), AvroJson.of(value));
        } catch (SerializationException e) {
            return new Raw(bytes, Failures.describe(e));
        }
    }
}
