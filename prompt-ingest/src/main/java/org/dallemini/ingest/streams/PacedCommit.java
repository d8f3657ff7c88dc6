package org.dallemini.ingest.streams;

import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Commits for records that somebody waits for: at once for one that comes alone; of many, all but the first wait for
 * the end of an interval, and share a transaction.
 */
public final class PacedCommit {
    private final ProcessorContext<?, ?> context;
    private final Duration interval;
    private final Alarm alarm;
    private long askedAt;

    /** @param interval what Kafka Streams itself commits by may be longer, for records that nobody waits for */
    public PacedCommit(ProcessorContext<?, ?> context, Duration interval) {
        this.context = context;
        this.interval = interval;
        this.alarm = new Alarm(context, this::commit);
    }

    /** To be called after such a record was forwarded. */
    public void ask() {
        long now = context.currentSystemTimeMs();
        if (Math.abs(now - askedAt) >= interval.toMillis()) { // the clock may be set back
            commit(now);
        } else {
            alarm.setIn(interval);
        }
    }

    private void commit(long now) {
        askedAt = now;
        context.commit();
    }
}
