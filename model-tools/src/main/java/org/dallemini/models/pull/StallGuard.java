package org.dallemini.models.pull;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Closes a stream that brings nothing for too long, or when the user wants to end: a read that waits for the network
 * has no time limit of its own.
 */
final class StallGuard implements AutoCloseable {
    private static final long CHECK_MILLIS = 100;

    private final InputStream stream;
    private final long limitNanos;
    private final BooleanSupplier stopped;
    private final AtomicBoolean stalled = new AtomicBoolean();
    private final Thread thread = new Thread(this::watch, "pull-watch");
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean done;

    private StallGuard(InputStream stream, Duration limit, BooleanSupplier stopped) {
        this.stream = stream;
        this.limitNanos = limit.toNanos();
        this.stopped = stopped;
    }

    static StallGuard watch(InputStream stream, Duration limit, BooleanSupplier stopped) {
        var guard = new StallGuard(stream, limit, stopped);
        guard.thread.setDaemon(true);
        guard.thread.start();
        return guard;
    }

    /** Something came. */
    void touch() {
        lastNanos = System.nanoTime();
    }

    /** Whether it has closed the stream because nothing came. */
    boolean hasStalled() {
        return stalled.get();
    }

    private void watch() {
        try {
            while (!done) {
                Thread.sleep(CHECK_MILLIS);
                boolean late = System.nanoTime() - lastNanos > limitNanos;
                if (!done && (late || stopped.getAsBoolean())) {
                    stalled.set(late);
                    stream.close();
                    return;
                }
            }
        } catch (InterruptedException | IOException e) {
            // Done, or the stream was broken already: whoever reads it will see.
        }
    }

    @Override
    public void close() {
        done = true;
        thread.interrupt();
    }
}
