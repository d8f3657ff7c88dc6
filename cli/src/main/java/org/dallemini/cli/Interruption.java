package org.dallemini.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM: a command asks for them often and then ends in good order; a second one ends the process at once.
 *
 * <p>Signals are taken as such and not by a shutdown hook: ONNX Runtime has a hook of its own, which runs beside any
 * other and frees the native environment under models that are still at work.
 */
final class Interruption {
    private static final int KILLED_BY = 128;
    private static final int TERMINATION = 15;

    private final CountDownLatch requested = new CountDownLatch(1);
    private volatile int signal;
    private volatile boolean nothingInHand;

    /** Begins to listen; once a process. */
    Interruption listen() {
        Signal.handle(new Signal("INT"), this::interrupt);
        Signal.handle(new Signal("TERM"), this::interrupt);
        return this;
    }

    private void interrupt(Signal received) {
        if (isRequested()) {
            Runtime.getRuntime().halt(KILLED_BY + received.getNumber());
        }
        if (nothingInHand) {
            Runtime.getRuntime().halt(received.getNumber() == TERMINATION ? ExitCode.OK : ExitCode.INTERRUPTED);
        }
        signal = received.getNumber();
        request();
    }

    /** As if it had come, for callers in the same process. */
    void request() {
        requested.countDown();
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** While nothing can be lost, the first signal ends the process as well: loading a model takes its time. */
    void nothingInHand(boolean now) {
        nothingInHand = now;
    }

    /** Whether it is SIGTERM, by which services are stopped. */
    boolean isTermination() {
        return signal == TERMINATION;
    }

    /** Waits for it at most so long; true if it came. */
    boolean await(Duration timeout) throws InterruptedException {
        return requested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What the process ends with: as shells have it for the signal, where a command was ended by one. */
    int exitCode(int ofCommand) {
        return ofCommand == ExitCode.INTERRUPTED && isRequested() ? KILLED_BY + signal : ofCommand;
    }
}
