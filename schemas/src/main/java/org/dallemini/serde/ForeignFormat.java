package org.dallemini.serde;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What a record that is not in Confluent's wire format may be instead, and what to do about it; for people. */
final class ForeignFormat {
    private static final String ADVICE =
            "write it with an Avro serializer for Confluent's schema registry (docs/events.md)";

    private static final String STRUCTURED = "a CloudEvent in structured mode, which is not understood: publish it in"
            + " binary mode, its attributes as ce_ headers and its data alone as the value, which is Avro"
            + " (docs/events.md)";

    private ForeignFormat() {}

    /** To be put behind the reason why a record cannot be read; empty if there is nothing more to say. */
    static String advice(Headers headers, byte[] data, boolean isKey) {
        if (!isKey) {
            String type = contentType(headers);
            if (type.startsWith("application/cloudevents")) {
                return "; by its content-type, " + type + ", this is " + STRUCTURED;
            }
        }
        boolean isFramed = headers.lastHeader(WireFormat.headerName(isKey)) != null
                || (data.length >= WireFormat.PREFIX_LENGTH && data[0] == 0);
        return isFramed ? "" : "; " + guess(data);
    }

    /**
     * The CloudEvents binding for Kafka tells its modes apart by this header: {@code application/cloudevents+json},
     * {@code application/cloudevents-batch+json} and the like are structured.
     */
    private static String contentType(Headers headers) {
        return StreamSupport.stream(headers.spliterator(), false)
                .filter(header -> header.key().equalsIgnoreCase("content-type") && header.value() != null)
                .map(ForeignFormat::mediaType)
                .findFirst()
                .orElse("");
    }

    private static String mediaType(Header header) {
        String type = new String(header.value(), UTF_8).strip().toLowerCase(Locale.ROOT);
        return type.split("[;,\\s]", 2)[0];
    }

    private static String guess(byte[] data) {
        if (data.length == 0) {
            return "it is empty: " + ADVICE;
        }
        if (startsWith(data, "Obj\1")) {
            return "it looks like an Avro container file: publish each of its records by itself; " + ADVICE;
        }
        if (startsWith(data, "\u00c3\1")) {
            return "it looks like Avro's single-object encoding, whose schema fingerprint no registry can be asked for: "
                    + ADVICE;
        }
        String text = text(data);
        if (text == null) {
            return "if it is Avro, it does not say by which schema it was written: " + ADVICE;
        }
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return "it looks like text: " + ADVICE;
        }
        return text.contains("\"specversion\"") ? "it looks like " + STRUCTURED : "it looks like JSON: " + ADVICE;
    }

    private static boolean startsWith(byte[] data, String beginning) {
        return new String(data, 0, Math.min(data.length, beginning.length()), ISO_8859_1).equals(beginning);
    }

    /** Without white space and byte order mark in front; null if it is no UTF-8, or nothing that people write. */
    private static @Nullable String text(byte[] data) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
            boolean isReadable = text.chars().noneMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
            return isReadable ? text.replaceFirst("^\ufeff", "").stripLeading() : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
