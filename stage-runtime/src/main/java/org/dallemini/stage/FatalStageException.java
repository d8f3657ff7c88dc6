package org.dallemini.stage;

/** Only a person can help; the message says how, and is the stage's last line. */
final class FatalStageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FatalStageException(String message) {
        super(message);
    }

    FatalStageException(String message, Throwable cause) {
        super(message, cause);
    }
}
