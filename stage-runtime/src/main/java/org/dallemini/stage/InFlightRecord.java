package org.dallemini.stage;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dallemini.stage.tracing.TraceSpan;
import org.jspecify.annotations.Nullable;

/**
 * One input record between its poll and its commit: first without a {@link Task} (not decoded yet), then in the
 * engine's hands, then done; or refused without the engine. Loop thread only, but for the task inside.
 */
final class InFlightRecord<I, O> {
    private final ConsumerRecord<byte[], byte[]> input;
    private final int lane;
    private final long arrivedNanos;
    private final TraceSpan span;
    private @Nullable Task<I, O> task;
    private Outcome.@Nullable Rejected<O> refusal;
    private @Nullable ProducerRecord<byte[], byte[]> output;

    /** @param lane index of the input topic among the stage's inputs */
    InFlightRecord(ConsumerRecord<byte[], byte[]> input, int lane, long arrivedNanos, TraceSpan span) {
        this.input = input;
        this.lane = lane;
        this.arrivedNanos = arrivedNanos;
        this.span = span;
    }

    ConsumerRecord<byte[], byte[]> input() {
        return input;
    }

    int lane() {
        return lane;
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    TraceSpan span() {
        return span;
    }

    boolean isUndecoded() {
        return task == null && refusal == null;
    }

    void handTo(Task<I, O> task) {
        this.task = task;
    }

    /** The record will be dead-lettered, whatever the engine made of it. */
    void refuse(ErrorCode code, String message, @Nullable Throwable cause) {
        refusal = new Outcome.Rejected<>(code, message, cause);
        output = null;
    }

    /** Null while the work is not done. */
    @Nullable
    Outcome<O> outcome() {
        if (refusal != null) {
            return refusal;
        }
        return task == null ? null : task.outcome();
    }

    /** What {@link #outcome} became, kept so that a transaction can be repeated; null until {@link #keep}. */
    @Nullable
    ProducerRecord<byte[], byte[]> output() {
        return output;
    }

    void keep(ProducerRecord<byte[], byte[]> output) {
        this.output = output;
    }

    /** Its output is committed for certain. */
    void committed() {
        if (outcome() instanceof Outcome.Rejected<O> rejected) {
            span.failed(rejected.code().code());
        }
        span.end();
    }

    boolean isActive() {
        return refusal == null && task != null && task.isActive();
    }

    /** Gives the record up unless its work has begun; true if it was given up. */
    boolean cancelUnlessBegun() {
        return isUndecoded() || (refusal == null && task != null && task.cancelIfWaiting());
    }

    void cancel() {
        if (task != null) {
            task.cancel();
        }
    }
}
