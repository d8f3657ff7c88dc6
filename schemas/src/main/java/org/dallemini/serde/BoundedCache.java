package org.dallemini.serde;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the most recently used values. Each value is loaded by the first thread that asks for it, outside of any
 * lock, while others that want the same wait for it. Failures are not remembered. Thread-safe.
 */
final class BoundedCache<K, V> {
    private record Entry<V>(CompletableFuture<V> value, long loadedAt) {}

    private final Map<K, Entry<V>> entries;
    private final @Nullable Duration timeToLive;
    private final LongSupplier nanoTime;

    BoundedCache(int capacity) {
        this(capacity, null, System::nanoTime);
    }

    /** @param timeToLive null for ever */
    BoundedCache(int capacity, @Nullable Duration timeToLive, LongSupplier nanoTime) {
        this.timeToLive = timeToLive;
        this.nanoTime = nanoTime;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Entry<V>> eldest) {
                return size() > capacity;
            }
        };
    }

    V get(K key, Function<? super K, ? extends V> load) {
        while (true) {
            CompletableFuture<V> mine = new CompletableFuture<>();
            CompletableFuture<V> value = claim(key, mine);
            if (value == mine) {
                return load(key, mine, load);
            }
            try {
                return value.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof InterruptException) {
                    continue; // the thread that loaded was interrupted, not this one
                }
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }

    private synchronized CompletableFuture<V> claim(K key, CompletableFuture<V> mine) {
        long now = nanoTime.getAsLong();
        Entry<V> entry = entries.get(key);
        if (entry != null && (timeToLive == null || now - entry.loadedAt < timeToLive.toNanos())) {
            return entry.value;
        }
        entries.put(key, new Entry<>(mine, now));
        return mine;
    }

    private V load(K key, CompletableFuture<V> mine, Function<? super K, ? extends V> load) {
        try {
            V value = load.apply(key);
            mine.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            forget(key, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private synchronized void forget(K key, CompletableFuture<V> failed) {
        Entry<V> entry = entries.get(key);
        if (entry != null && entry.value == failed) {
            entries.remove(key);
        }
    }
}
