package org.dallemini.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
    private final AtomicInteger loads = new AtomicInteger();

    private int load(String key) {
        loads.incrementAndGet();
        return key.length();
    }

    @Test
    void shouldLoadOnceForManyThreads() throws Exception {
        // Given
        BoundedCache<String, Integer> cache = new BoundedCache<>(10);
        CountDownLatch allWait = new CountDownLatch(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);

        // When
        List<Future<Integer>> values = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            values.add(threads.submit(() -> {
                allWait.countDown();
                assertThat(allWait.await(10, TimeUnit.SECONDS)).isTrue();
                return cache.get("four", this::load);
            }));
        }

        // Then
        for (Future<Integer> value : values) {
            assertThat(value.get(10, TimeUnit.SECONDS)).isEqualTo(4);
        }
        assertThat(loads).hasValue(1);
        threads.shutdown();
    }

    @Test
    void shouldForgetTheLeastRecentlyUsed() {
        // Given
        BoundedCache<String, Integer> cache = new BoundedCache<>(2);
        cache.get("a", this::load);
        cache.get("bb", this::load);
        cache.get("a", this::load);

        // When
        cache.get("ccc", this::load);
        cache.get("a", this::load);

        // Then
        assertThat(loads).hasValue(3);
        cache.get("bb", this::load);
        assertThat(loads).hasValue(4);
    }

    @Test
    void shouldLoadAgainWhenTheTimeIsUp() {
        // Given
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may overflow
        BoundedCache<String, Integer> cache = new BoundedCache<>(2, Duration.ofNanos(10), now::get);
        cache.get("a", this::load);

        // When, Then
        now.addAndGet(9);
        cache.get("a", this::load);
        assertThat(loads).hasValue(1);
        now.addAndGet(1);
        cache.get("a", this::load);
        assertThat(loads).hasValue(2);
    }

    @Test
    void shouldNotRememberFailures() {
        // Given
        BoundedCache<String, Integer> cache = new BoundedCache<>(2);
        assertThatThrownBy(() -> cache.get("a", key -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);

        // When, Then
        assertThat(cache.get("a", this::load)).isOne();
    }
}
