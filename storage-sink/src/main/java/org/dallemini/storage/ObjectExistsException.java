package org.dallemini.storage;

/** Another content lies where an image was to be stored. */
final class ObjectExistsException extends RuntimeException {
    ObjectExistsException(String message) {
        super(message);
    }
}
