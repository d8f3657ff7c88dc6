package org.dallemini.storage;

/** A record's image is not what the record says it is. */
final class InvalidImageException extends RuntimeException {
    InvalidImageException(String message) {
        super(message);
    }
}
