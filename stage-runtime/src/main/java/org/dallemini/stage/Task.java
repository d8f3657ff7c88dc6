package org.dallemini.stage;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.tracing.TraceSpan;
import org.jspecify.annotations.Nullable;

/**
 * One input record on its way through an {@link Engine}: waiting, then active, then done; or cancelled at any time
 * before it is done. Thread-safe.
 *
 * @param <I> the decoded input record
 * @param <O> the output record
 */
public final class Task<I, O> {
    private enum State {
        WAITING,
        ACTIVE,
        DONE,
        CANCELLED
    }

    private final I input;
    private final int lane;
    private final Optional<Release> release;
    private final TraceSpan span;
    private final Runnable whenDone;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile @Nullable Outcome<O> outcome;

    /**
     * @param lane index of the input topic in the stage's list of inputs; 0 is the most urgent
     * @param whenDone called once by the thread that completes or rejects the task
     */
    public Task(I input, int lane, Runnable whenDone) {
        this(input, lane, Optional.empty(), TraceSpan.NONE, whenDone);
    }

    /**
     * The same.
     *
     * @param release by which the record may pass the filters
     * @param span is told when the work begins and when it is done
     */
    public Task(I input, int lane, Optional<Release> release, TraceSpan span, Runnable whenDone) {
        this.input = input;
        this.lane = lane;
        this.release = release;
        this.span = span;
        this.whenDone = whenDone;
    }

    public I input() {
        return input;
    }

    public int lane() {
        return lane;
    }

    /** By which the record may pass the filters, whatever they say of it. */
    public Optional<Release> release() {
        return release;
    }

    /** Takes the task up; false if it was cancelled meanwhile. Must be called before {@link #complete}. */
    public boolean start() {
        boolean begins = state.compareAndSet(State.WAITING, State.ACTIVE);
        if (begins) {
            span.event("begun");
        }
        return begins;
    }

    public void complete(O result) {
        finish(new Outcome.Completed<>(result));
    }

    public void reject(RejectedRecordException why) {
        reject(why.code(), why.problem(), why.getCause());
    }

    /** Also of a task that was not taken up. */
    public void reject(ErrorCode code, String message, @Nullable Throwable cause) {
        start();
        finish(new Outcome.Rejected<>(code, message, cause));
    }

    private void finish(Outcome<O> how) {
        outcome = how;
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            span.event("done");
            whenDone.run();
        }
    }

    /** Nobody wants the result any more, for example because the partition moved to another process. */
    public void cancel() {
        state.updateAndGet(s -> s == State.DONE ? s : State.CANCELLED);
    }

    /** Cancels the task unless it has been taken up. */
    public boolean cancelIfWaiting() {
        return state.compareAndSet(State.WAITING, State.CANCELLED);
    }

    public boolean isCancelled() {
        return state.get() == State.CANCELLED;
    }

    public boolean isActive() {
        return state.get() == State.ACTIVE;
    }

    /** The outcome once the task is done, else null. */
    public @Nullable Outcome<O> outcome() {
        return state.get() == State.DONE ? outcome : null;
    }
}
