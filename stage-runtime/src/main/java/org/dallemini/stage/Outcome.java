package org.dallemini.stage;

import org.jspecify.annotations.Nullable;

/** How a {@link Task} ended. Outages are not outcomes: an engine waits them out. */
public sealed interface Outcome<O> {

    /** The record to send on. */
    record Completed<O>(O result) implements Outcome<O> {}

    /**
     * The input can never be processed and goes to the dead letters; {@code message} says what is wrong and what to do.
     */
    record Rejected<O>(
            ErrorCode code, String message, @Nullable Throwable cause) implements Outcome<O> {}
}
