package org.dallemini.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must come. */
final class Patience {
    private static final long POLL_MILLIS = 50;

    private Patience() {}

    /**
     * @param what is wrong, for people, if it does not come
     * @throws IllegalStateException if it does not come in that time
     */
    static void await(Duration longest, BooleanSupplier state, Supplier<String> what) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(what.get());
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }
}
