package org.dallemini.stage;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Lets the engine's threads wake the loop up as soon as a task is done. Rings are remembered until heard. */
final class Wakeup {
    private final Semaphore rings = new Semaphore(0);

    void ring() {
        rings.release();
    }

    /** Returns at the first ring since the last call, at the latest after {@code timeout}. */
    void await(Duration timeout) {
        try {
            if (rings.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                rings.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
