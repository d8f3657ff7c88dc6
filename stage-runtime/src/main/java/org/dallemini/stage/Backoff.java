package org.dallemini.stage;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pauses between attempts while something outside is down: 100 ms, doubled each time up to 5 s, each shortened at
 * random by up to half so that processes do not come back in step. Thread-safe.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private int failures;
    private long nextNanos = System.nanoTime();

    /** Whether it is time for another attempt. */
    public synchronized boolean isOver() {
        return System.nanoTime() - nextNanos >= 0;
    }

    /** How long until the next attempt; not negative. */
    public synchronized Duration remaining() {
        return Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime()));
    }

    public synchronized void failed() {
        long full = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures++, 10));
        nextNanos = System.nanoTime() + full - ThreadLocalRandom.current().nextLong(full / 2);
    }

    public synchronized void succeeded() {
        failures = 0;
        nextNanos = System.nanoTime();
    }
}
