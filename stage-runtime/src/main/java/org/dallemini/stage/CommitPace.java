package org.dallemini.stage;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When finished records are committed. At once, unless more are on their way and the last commit was a moment ago: then
 * they wait a little and share a transaction, which has the same requests for many records as for one. So a single
 * record never waits, nor do results that come further apart, and a fast stage under load takes few transactions a
 * second.
 */
final class CommitPace {
    /** Short beside the time that a record waits under load. */
    static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Bounds the transactions that commit offsets alone. */
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private boolean hasCommitted;
    private long lastNanos;

    CommitPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param moreToCome whether records are in hand that are not finished */
    boolean isDue(boolean moreToCome) {
        return !moreToCome || !hasCommitted || nanoTime.getAsLong() - lastNanos >= SPACING_NANOS;
    }

    /** Whether nothing has been committed for so long that offsets alone may be, which otherwise ride along. */
    boolean isQuiet() {
        return !hasCommitted || nanoTime.getAsLong() - lastNanos >= QUIET_NANOS;
    }

    void committed() {
        hasCommitted = true;
        lastNanos = nanoTime.getAsLong();
    }
}
