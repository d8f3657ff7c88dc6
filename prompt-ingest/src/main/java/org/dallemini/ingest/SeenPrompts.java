package org.dallemini.ingest;

import java.time.Duration;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Remembers the accepted prompts of a partition for some days, by id and {@link ContentHash}.
 *
 * <p>A window store forgets by itself, but it does so by the highest time it has seen. The times here are therefore the
 * stage's own clock and never those of the records, one of which might come from a far future.
 */
final class SeenPrompts {
    static final String STORE = "seen-prompts";

    /** Another process, with another clock, may have written the store before. */
    private static final long CLOCK_SKEW_MILLIS = Duration.ofDays(1).toMillis();

    private final WindowStore<String, byte[]> store;
    private final long retentionMillis;

    SeenPrompts(WindowStore<String, byte[]> store, Duration retention) {
        this.store = store;
        this.retentionMillis = retention.toMillis();
    }

    /** How a prompt compares to an earlier one of the same id. */
    enum Seen {
        NEVER,
        SAME_CONTENT,
        OTHER_CONTENT
    }

    static StoreBuilder<WindowStore<String, byte[]>> builder(Duration retention) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(STORE, retention, Duration.ofMillis(1), false),
                Serdes.String(),
                Serdes.ByteArray());
    }

    Seen compare(String id, byte[] content, long now) {
        Seen seen = Seen.NEVER;
        try (WindowStoreIterator<byte[]> earlier =
                store.fetch(id, Math.max(0, now - retentionMillis), now + CLOCK_SKEW_MILLIS)) {
            while (earlier.hasNext()) {
                if (Arrays.equals(earlier.next().value, content)) {
                    return Seen.SAME_CONTENT;
                }
                seen = Seen.OTHER_CONTENT;
            }
        }
        return seen;
    }

    void remember(String id, byte[] content, long now) {
        store.put(id, content, now);
    }
}
