package org.dallemini.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C and SIGTERM: a command asks for them often and then ends in good order, for which the process waits. */
final class Interruption {
    /** Longer than any orderly stop takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);

    /** Begins to listen; once a process. */
    Interruption listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "interruption"));
        return this;
    }

    private void interrupt() {
        requested.countDown();
        try {
            finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits for it at most so long; true if it came. */
    boolean await(Duration timeout) throws InterruptedException {
        return requested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The command has ended, the process may too. */
    void finished() {
        finished.countDown();
    }
}
