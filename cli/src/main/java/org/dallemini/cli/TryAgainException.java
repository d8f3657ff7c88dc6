package org.dallemini.cli;

/** Something that is needed is not there at present; the message says what, and what to do. */
final class TryAgainException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TryAgainException(String message) {
        super(message);
    }
}
