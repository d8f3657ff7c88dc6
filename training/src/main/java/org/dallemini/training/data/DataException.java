package org.dallemini.training.data;

/** A data set that cannot be used; the message says what is wrong with which file, and what to do. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
