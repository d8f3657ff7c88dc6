package org.dallemini.stage;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/**
 * The pauses between attempts while something outside is down: 100 ms, doubled each time up to 5 s, each shortened at
 * random by up to half so that processes do not come back in step. Thread-safe.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Duration first;
    private final Duration longest;
    private int failures;
    private long nextNanos = System.nanoTime();

    public Backoff() {
        this(FIRST, MAX_PAUSE);
    }

    /** @param longest pause, which the doubled first one does not exceed */
    public Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    public synchronized boolean isOver() {
        return System.nanoTime() - nextNanos >= 0;
    }

    /** How long until the next attempt; not negative. */
    public synchronized Duration remaining() {
        return Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime()));
    }

    /** Waits until it is time for another attempt, or soon after {@code givenUp} says so. */
    public void await(BooleanSupplier givenUp) throws InterruptedException {
        while (!isOver() && !givenUp.getAsBoolean()) {
            Thread.sleep(Math.min(LOOK.toMillis(), remaining().toMillis() + 1));
        }
    }

    public synchronized void failed() {
        long full = Math.min(longest.toNanos(), first.toNanos() << Math.min(failures++, 10));
        nextNanos = System.nanoTime() + full - ThreadLocalRandom.current().nextLong(full / 2);
    }

    public synchronized void succeeded() {
        failures = 0;
        nextNanos = System.nanoTime();
    }
}
