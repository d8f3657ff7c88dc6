package org.dallemini.dalle.model;

/**
 * A model that cannot be used. The message names the file, says what is wrong with it and what to do. Trying again does
 * not help: the files have to change.
 *
 * <p>Trouble of the disk itself (unreadable, full) stays an {@link java.io.IOException}.
 */
public class ModelException extends RuntimeException {
    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
