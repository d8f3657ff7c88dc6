package org.dallemini.deadletters;

import org.jspecify.annotations.Nullable;

/** A replay cannot go on; the message says why and what to do. */
public final class DeadLetterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeadLetterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
