package org.dallemini.stage;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The content of a dead letter, which can be made smaller. Whoever may publish can make a record as large as topics
 * take, and larger by compression; its dead letter has the reason on top. One that could not be written would stop the
 * stage, so it then tells of the record instead of holding it.
 */
@SuppressWarnings("ArrayRecordComponent") // plain data on its way into a record, never compared
public record DeadLetterContent(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
    /**
     * Upper bounds of what a record costs beside its key, value and headers: the head of its batch, its length fields.
     */
    private static final int BATCH_OVERHEAD = 61;

    private static final int RECORD_OVERHEAD = 32;
    private static final int HEADER_OVERHEAD = 10;

    /** Every id fits. */
    private static final int MAX_KEPT_KEY_BYTES = 1024;

    /** This letter if it takes no more bytes than that, else the largest smaller one that does, or the smallest. */
    public DeadLetterContent fit(int mostBytes) {
        DeadLetterContent letter = this;
        while (letter.size() > mostBytes) {
            Optional<DeadLetterContent> next = letter.smaller();
            if (next.isEmpty()) {
                return letter;
            }
            letter = next.get();
        }
        return letter;
    }

    /** Without the stack trace; else without what the record brought; empty if that is gone already. */
    Optional<DeadLetterContent> smaller() {
        if (headers.lastHeader(DeadLetters.STACKTRACE) != null) {
            Headers fewer = new RecordHeaders(headers);
            fewer.remove(DeadLetters.STACKTRACE);
            return Optional.of(new DeadLetterContent(key, value, fewer));
        }
        return headers.lastHeader(DeadLetters.OMITTED) == null ? Optional.of(withoutTheRecord()) : Optional.empty();
    }

    private DeadLetterContent withoutTheRecord() {
        Headers ours = new RecordHeaders();
        int foreign = 0;
        int foreignBytes = 0;
        for (Header header : headers) {
            if (DeadLetters.isOurs(header.key())) {
                ours.add(header);
            } else {
                foreign++;
                foreignBytes += size(header);
            }
        }
        boolean keepsKey = length(key) <= MAX_KEPT_KEY_BYTES;
        String omitted = "value of " + length(value) + " bytes, " + foreign + " headers of " + foreignBytes + " bytes"
                + (keepsKey ? "" : ", key of " + length(key) + " bytes");
        ours.add(DeadLetters.OMITTED, omitted.getBytes(StandardCharsets.UTF_8));
        return new DeadLetterContent(keepsKey ? key : null, null, ours);
    }

    /** An upper bound of its bytes as a record, never less than what a producer compares with its limit. */
    public int size() {
        return size(key, value, headers);
    }

    /** Never less than what the producer compares with {@code max.request.size}. */
    static int size(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        int bytes = BATCH_OVERHEAD + RECORD_OVERHEAD + length(key) + length(value);
        for (Header header : headers) {
            bytes += size(header);
        }
        return bytes;
    }

    private static int size(Header header) {
        return HEADER_OVERHEAD + header.key().getBytes(StandardCharsets.UTF_8).length + length(header.value());
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
