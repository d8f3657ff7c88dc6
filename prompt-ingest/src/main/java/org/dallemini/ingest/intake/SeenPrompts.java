package org.dallemini.ingest.intake;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.dallemini.prompt.ContentHash;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the accepted prompts of a partition for some days, by id and {@link ContentHash}.
 *
 * <p>Not a window store, which forgets by itself: that of Kafka Streams 4.3 is closed without its offsets and restored
 * from its changelog at each start. Instead a few entries are looked at every now and then, see {@link #forget}. Times
 * are the stage's own clock and never those of the records, one of which might come from a far future.
 */
public final class SeenPrompts {
    public static final String STORE = "accepted-prompts";

    /** Entries that are looked at at a time: some milliseconds. */
    private static final int SWEEP = 2_000;

    private final KeyValueStore<String, byte[]> store;
    private final long retentionMillis;
    private @Nullable String swept;

    SeenPrompts(KeyValueStore<String, byte[]> store, Duration retention) {
        this.store = store;
        this.retentionMillis = retention.toMillis();
    }

    /** How a prompt compares to an earlier one of the same id. */
    enum Seen {
        NEVER,
        SAME_CONTENT,
        OTHER_CONTENT
    }

    static StoreBuilder<KeyValueStore<String, byte[]>> builder() {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    }

    Seen compare(String id, byte[] content, long now) {
        byte[] known = store.get(id);
        if (known == null || isOver(known, now)) {
            return Seen.NEVER;
        }
        return Arrays.equals(known, Long.BYTES, known.length, content, 0, content.length)
                ? Seen.SAME_CONTENT
                : Seen.OTHER_CONTENT;
    }

    void remember(String id, byte[] content, long now) {
        store.put(
                id,
                ByteBuffer.allocate(Long.BYTES + content.length)
                        .putLong(now)
                        .put(content)
                        .array());
    }

    /** Whether what was remembered is not any more. */
    private boolean isOver(byte[] known, long now) {
        return ByteBuffer.wrap(known).getLong() < now - retentionMillis;
    }

    /** Goes on through all that is remembered, from where it stopped before, and deletes what is over. */
    void forget(long now) {
        List<String> over = new ArrayList<>();
        String last = null;
        int looked = 0;
        try (KeyValueIterator<String, byte[]> entries = store.range(swept, null)) {
            while (entries.hasNext() && looked < SWEEP) {
                KeyValue<String, byte[]> entry = entries.next();
                last = entry.key;
                looked++;
                if (isOver(entry.value, now)) {
                    over.add(entry.key);
                }
            }
        }
        over.forEach(store::delete);
        swept = looked < SWEEP ? null : last;
    }
}
