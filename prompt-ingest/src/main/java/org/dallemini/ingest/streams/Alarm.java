package org.dallemini.ingest.streams;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * A punctuation by wall-clock time that comes once, when there is something to do. Kafka Streams commits a transaction
 * after each punctuation of a task, whether it did anything or not: one that repeats every 100 ms keeps an idle broker
 * busy.
 */
public final class Alarm {
    private final ProcessorContext<?, ?> context;
    private final Punctuator action;
    private @Nullable Cancellable set;
    private long due;

    /** @param action may set the alarm again */
    public Alarm(ProcessorContext<?, ?> context, Punctuator action) {
        this.context = context;
        this.action = action;
    }

    /** Sets it to go off after a time of at least a millisecond, unless it does so earlier anyway. */
    public void setIn(Duration pause) {
        long at = context.currentSystemTimeMs() + pause.toMillis();
        if (set != null && due <= at) {
            return;
        }
        cancel();
        due = at;
        set = context.schedule(pause, PunctuationType.WALL_CLOCK_TIME, this::goOff);
    }

    private void goOff(long now) {
        cancel();
        action.punctuate(now);
    }

    private void cancel() {
        if (set != null) {
            set.cancel();
            set = null;
        }
    }
}
