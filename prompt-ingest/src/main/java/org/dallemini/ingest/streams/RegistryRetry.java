package org.dallemini.ingest.streams;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.SerializationException;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits outages of the schema registry out, on the stream thread and with the record in hand.
 *
 * <p>Why not let the thread fail and be replaced: with exactly-once semantics that throws the local state away and
 * restores it, for every attempt. Schemas that were read once are remembered, so only a record with a schema that is
 * new to this process ever waits here. A wait must end before {@code max.poll.interval.ms}; then the thread does fail
 * and is replaced, and its successor waits on. If it outlasts an open transaction, the broker aborts that, and Kafka
 * Streams reads the records again.
 */
public final class RegistryRetry {
    private static final Logger log = LoggerFactory.getLogger(RegistryRetry.class);

    /** How long one record may wait for the schema registry; {@code max.poll.interval.ms} is five minutes. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Duration limit;
    private volatile String trouble = "";
    private volatile boolean ended;

    /** With the usual limit of three minutes. */
    public RegistryRetry() {
        this(LIMIT);
    }

    /** @param limit how long one record may wait; less than {@code max.poll.interval.ms} */
    public RegistryRetry(Duration limit) {
        this.limit = limit;
    }

    /**
     * Repeats {@code work} until no outage interrupts it.
     *
     * @param isOutage distinguishes an outage from a fault of the record: an unknown schema is that in reading, but in
     *     writing it is put right by registering the schema
     * @throws RuntimeException what {@code work} throws, if that is no outage, or if the time is up or the stage ends
     */
    public <T> T outlast(Supplier<T> work, Predicate<Throwable> isOutage) {
        Backoff backoff = new Backoff();
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                T result = work.get();
                recovered();
                return result;
            } catch (SerializationException e) {
                if (Failures.isFatal(e) || !isOutage.test(e) || ended || System.nanoTime() > end) {
                    throw e;
                }
                report(Failures.describe(e));
                backoff.failed();
                sleep(backoff, e);
            }
        }
    }

    private void sleep(Backoff backoff, SerializationException outage) {
        try {
            backoff.await(() -> ended);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw outage;
        }
    }

    private void report(String detail) {
        if (!detail.equals(trouble)) {
            log.warn("Waiting: {}", detail);
            trouble = detail;
        }
    }

    private void recovered() {
        if (!trouble.isEmpty()) {
            log.info("The schema registry answers again");
            trouble = "";
        }
    }

    /** What is waited for at present, for people; empty if nothing is. */
    public String trouble() {
        return trouble;
    }

    /** The stage stops: from now on nothing is waited for. */
    public void end() {
        ended = true;
    }
}
