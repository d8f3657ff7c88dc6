package org.dallemini.deadletters;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.dallemini.stage.DeadLetters;

/**
 * A record of a {@code .dlq} topic. Anybody with the right to write there may have written it, so nothing that it says
 * is taken for granted.
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {
    private static final String UNKNOWN = "unknown";

    public TopicPartition partition() {
        return new TopicPartition(record.topic(), record.partition());
    }

    /** As {@code dlq show} takes it: {@code prompts.dlq 0:12}. */
    public String place() {
        return record.topic() + " " + record.partition() + ":" + record.offset();
    }

    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** The key as text, in hexadecimal digits after {@code 0x} if it is none; empty if there is none. */
    public String key() {
        return record.key() == null ? "" : text(record.key());
    }

    /** The stable error code; {@code unknown} if no stage of ours wrote the record. */
    public String code() {
        return header(DeadLetters.CODE).orElse(UNKNOWN);
    }

    public String stage() {
        return header(DeadLetters.STAGE).orElse(UNKNOWN);
    }

    public String message() {
        return header(DeadLetters.MESSAGE).orElse("");
    }

    /** How often the record has been set aside. */
    public int attempts() {
        return DeadLetters.attempts(record.headers());
    }

    /** Bytes of the value; 0 if there is none. */
    public int size() {
        return record.value() == null ? 0 : record.value().length;
    }

    /** What of its record was too large for the letter, in words; empty if the letter holds all of it. */
    public Optional<String> omitted() {
        return header(DeadLetters.OMITTED);
    }

    /** Where its record was read, by its headers: {@code prompts 1:7}. */
    public String origin() {
        return header(DeadLetters.TOPIC).orElse(UNKNOWN) + " "
                + header(DeadLetters.PARTITION).orElse("?") + ":"
                + header(DeadLetters.OFFSET).orElse("?");
    }

    /** The last header of a name, as text. */
    public Optional<String> header(String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? Optional.empty() : Optional.of(text(header.value()));
    }

    /** UTF-8, or hexadecimal digits. */
    static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
    }
}
