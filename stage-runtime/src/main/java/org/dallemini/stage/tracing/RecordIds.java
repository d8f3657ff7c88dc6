package org.dallemini.stage.tracing;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.dallemini.schemas.Hashes;
import org.dallemini.stage.tracing.Tracing.Place;
import org.jspecify.annotations.Nullable;

/**
 * Ids of spans and traces that follow from the record that is worked on. When it comes again, after a kill for example,
 * its span has the same id: what was made of it before and after has the same parent, and the bytes of a stage's output
 * are a function of its input still.
 */
final class RecordIds implements IdGenerator {
    private static final int SPAN_ID_DIGITS = 16;
    private static final int TRACE_ID_DIGITS = 32;

    private final ThreadLocal<@Nullable String> hash = new ThreadLocal<>();

    /** Begins a span whose ids follow from these. */
    <T> T with(String stage, Place place, @Nullable String parent, Supplier<T> begin) {
        MessageDigest digest = Hashes.sha256();
        for (String part : new String[] {stage, place.topic(), String.valueOf(parent)}) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        digest.update(ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES)
                .putInt(place.partition())
                .putLong(place.offset())
                .putLong(place.timestamp())
                .flip());
        hash.set(HexFormat.of().formatHex(digest.digest()));
        try {
            return begin.get();
        } finally {
            hash.remove();
        }
    }

    @Override
    public String generateSpanId() {
        String ofRecord = hash.get();
        return ofRecord == null ? IdGenerator.random().generateSpanId() : ofRecord.substring(0, SPAN_ID_DIGITS);
    }

    @Override
    public String generateTraceId() {
        String ofRecord = hash.get();
        return ofRecord == null
                ? IdGenerator.random().generateTraceId()
                : ofRecord.substring(ofRecord.length() - TRACE_ID_DIGITS);
    }
}
