package org.dallemini.ingest.intake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Takes prompts from the partition where a publisher has put them to the home of their id, see {@link IntakeTopology}.
 * On the way a record's key is its prompt's id, and a header keeps what it was and where it lay.
 */
final class Detour {
    /** Partition (4 bytes), offset (8), timestamp (8), whether there is a key (1), the key. */
    private static final String ORIGIN = "dallemini.intake.origin";

    private static final int FIXED_BYTES = Integer.BYTES + 2 * Long.BYTES + 1;

    private Detour() {}

    /**
     * A record as it was published.
     *
     * @param partition of the topic {@code prompts}
     */
    record Published(Record<byte[], byte[]> record, int partition, long offset) {}

    /**
     * The home of an id.
     *
     * @param homes how many there are
     * @return a partition, from 0
     */
    static int home(String id, int homes) {
        return Utils.toPositive(Utils.murmur2(id.getBytes(StandardCharsets.UTF_8))) % homes;
    }

    /** The record that goes to the home of {@code id}. */
    static Record<byte[], byte[]> begin(Published published, String id) {
        Record<byte[], byte[]> record = published.record();
        byte @Nullable [] key = record.key();
        ByteBuffer origin = ByteBuffer.allocate(FIXED_BYTES + (key == null ? 0 : key.length))
                .putInt(published.partition())
                .putLong(published.offset())
                .putLong(record.timestamp())
                .put((byte) (key == null ? 0 : 1));
        if (key != null) {
            origin.put(key);
        }
        Headers headers = new RecordHeaders(record.headers());
        headers.remove(ORIGIN); // a publisher's own header of this name
        headers.add(ORIGIN, origin.array());
        return new Record<>(id.getBytes(StandardCharsets.UTF_8), record.value(), record.timestamp(), headers);
    }

    /**
     * What has arrived at its home, as it was published.
     *
     * @throws IllegalArgumentException if it was not sent by {@link #begin}
     */
    static Published end(Record<byte[], byte[]> arrived) {
        Header header = arrived.headers().lastHeader(ORIGIN);
        if (header == null || header.value() == null || header.value().length < FIXED_BYTES) {
            throw new IllegalArgumentException("The record has no header " + ORIGIN);
        }
        ByteBuffer origin = ByteBuffer.wrap(header.value());
        int partition = origin.getInt();
        long offset = origin.getLong();
        long timestamp = origin.getLong(); // the topic may be one that the broker stamps
        byte @Nullable [] key = null;
        if (origin.get() != 0) {
            key = new byte[origin.remaining()];
            origin.get(key);
        }
        Headers headers = new RecordHeaders(arrived.headers());
        headers.remove(ORIGIN);
        return new Published(new Record<>(key, arrived.value(), timestamp, headers), partition, offset);
    }
}
