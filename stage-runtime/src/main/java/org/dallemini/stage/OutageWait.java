package org.dallemini.stage;

import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;

/**
 * How one thread waits out what is away: it pauses longer each time, and the log says once why it waits and once that
 * it goes on. What it waits for may be asked on any thread.
 */
public final class OutageWait {
    private final Logger log;
    private final String waits;
    private final String goesOn;
    private final BooleanSupplier closed;
    private final Backoff backoff = new Backoff();
    private volatile String trouble = "";

    /**
     * @param waits what the log says, before a colon and the reason
     * @param goesOn what the log says in the end
     * @param closed ends a pause
     */
    public OutageWait(Logger log, String waits, String goesOn, BooleanSupplier closed) {
        this.log = log;
        this.waits = waits;
        this.goesOn = goesOn;
        this.closed = closed;
    }

    /** Why it waits, for people; empty if it does not. */
    public String trouble() {
        return trouble;
    }

    /**
     * An attempt failed: pauses.
     *
     * @throws InterruptException if the thread is interrupted
     */
    public void failed(String why) {
        if (!closed.getAsBoolean() && !why.equals(trouble)) {
            log.warn("{}: {}", waits, why);
            trouble = why;
        }
        backoff.failed();
        try {
            backoff.await(closed);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** An attempt succeeded. */
    public void succeeded() {
        backoff.succeeded();
        if (!trouble.isEmpty()) {
            log.info("{}", goesOn);
            trouble = "";
        }
    }
}
