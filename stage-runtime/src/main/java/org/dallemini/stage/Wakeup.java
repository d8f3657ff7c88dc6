package org.dallemini.stage;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Lets the engine's threads wake the loop up as soon as a task is done. A signal is kept until it is awaited. */
final class Wakeup {
    private final Semaphore signals = new Semaphore(0);

    void signal() {
        signals.release();
    }

    /** Returns at the first signal since the last call, at the latest after {@code timeout}. */
    void await(Duration timeout) {
        try {
            if (signals.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                signals.drainPermits();
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
