package org.dallemini.storage;

import org.jspecify.annotations.Nullable;

/** The second file that a record asks for cannot be made of its image. */
final class InvalidOutputException extends RuntimeException {
    InvalidOutputException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
