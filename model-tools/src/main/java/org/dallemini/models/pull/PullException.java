package org.dallemini.models.pull;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A model could not be pulled. The message says what, from where, and what to do; it never holds a token. */
public final class PullException extends IOException {

    /** What a caller can do about it. */
    public enum Kind {
        /** The command line or the environment is wrong. */
        MISUSE,
        /** Asked for something that is not done: plain http without leave, a name that is taken. */
        REFUSED,
        /** The server wants other credentials, or none will do. */
        DENIED,
        /** There is no such repository, revision or file. */
        NOT_FOUND,
        /** What came is not what was announced, or no model. */
        DAMAGED,
        /** The disk has no room or cannot be written. */
        DISK,
        /** The server does not answer, or not now: try again later. */
        UNAVAILABLE,
        /** Another process pulls the same name: try again later. */
        BUSY,
        /** The user ended it; what was fetched stays. */
        INTERRUPTED
    }

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    PullException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    PullException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, cause, null);
    }

    /** @param retryAfter how long the server asks to be left alone; null if it does not say */
    PullException(Kind kind, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
