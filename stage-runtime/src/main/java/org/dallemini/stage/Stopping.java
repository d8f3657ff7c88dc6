package org.dallemini.stage;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The request to stop, and the time left for it. Thread-safe. */
final class Stopping {
    private static final long NOT_REQUESTED = Long.MIN_VALUE;

    private final Duration drainTimeout;
    private final AtomicLong sinceNanos = new AtomicLong(NOT_REQUESTED);

    Stopping(Duration drainTimeout) {
        this.drainTimeout = drainTimeout;
    }

    void request() {
        sinceNanos.compareAndSet(NOT_REQUESTED, System.nanoTime());
    }

    boolean isRequested() {
        return sinceNanos.get() != NOT_REQUESTED;
    }

    boolean isDrainOver() {
        return isRequested() && remaining().isZero();
    }

    /** {@code duration}, or what is left of the drain time if that is less. */
    Duration atMost(Duration duration) {
        return isRequested() && remaining().compareTo(duration) < 0 ? remaining() : duration;
    }

    private Duration remaining() {
        long left = drainTimeout.toNanos() - (System.nanoTime() - sinceNanos.get());
        return Duration.ofNanos(Math.max(0, left));
    }
}
