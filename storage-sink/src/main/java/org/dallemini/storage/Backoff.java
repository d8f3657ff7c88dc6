package org.dallemini.storage;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Waits longer after each failure: exponential growth up to a limit, with equal jitter (half fixed, half random) so
 * that many uploads do not come back to a recovering server all at once.
 *
 * @param first the wait after the first failure
 * @param longest no wait is longer
 */
record Backoff(Duration first, Duration longest, RandomGenerator random) {
    private static final long SLICE_MILLIS = 100;

    /**
     * How long to wait after a number of failures in a row.
     *
     * @param failures from 1
     */
    Duration delay(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, 20);
        long limit = Math.max(2, Math.min(doubled, longest.toMillis()));
        return Duration.ofMillis(limit / 2 + random.nextLong(limit / 2 + 1));
    }

    /** Waits for {@link #delay}, or until {@code givenUp} says so. */
    void await(int failures, BooleanSupplier givenUp) throws InterruptedException {
        long end = System.nanoTime() + delay(failures).toNanos();
        long left = end - System.nanoTime();
        while (left > 0 && !givenUp.getAsBoolean()) {
            Thread.sleep(Math.min(SLICE_MILLIS, left / 1_000_000 + 1));
            left = end - System.nanoTime();
        }
    }
}
