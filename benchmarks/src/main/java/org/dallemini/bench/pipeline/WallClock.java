package org.dallemini.bench.pipeline;

import java.util.concurrent.locks.LockSupport;

/** The time of day as the stages write it into records, but finer and never set back. */
final class WallClock {
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();

    /** Milliseconds since 1970. */
    double now() {
        return startMillis + (System.nanoTime() - startNanos) / 1e6;
    }

    void sleepUntil(double millis) throws InterruptedException {
        for (double left; (left = millis - now()) > 0; ) {
            LockSupport.parkNanos((long) (left * 1e6));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
