package org.dallemini.stage;

/**
 * The work of a stage, free of Kafka: a model or a store that turns decoded input records into output records, many at
 * a time.
 *
 * <p>An engine finishes every task it has started, in any order, unless the task was cancelled; it waits out outages of
 * what it depends on (with back-off, watching {@link Task#isCancelled}) rather than rejecting tasks because of them.
 */
public interface Engine<I, O> extends AutoCloseable {

    /** How many tasks of this lane may wait here; at or above it the stage pauses the lane's partitions. */
    int capacity(int lane);

    /** Tasks of this lane that are submitted but neither started nor cancelled. */
    int waiting(int lane);

    /** Takes a task over without blocking. */
    void submit(Task<I, O> task);

    /** A short line for people and the readiness page when the engine cannot work at present, else the empty string. */
    default String trouble() {
        return "";
    }

    /** Stops without finishing; tasks in hand stay as they are. */
    @Override
    void close();
}
