package org.dallemini.storage;

/** A record's facts make no object key; the message says which fact and what is allowed. */
public final class InvalidObjectKeyException extends RuntimeException {
    InvalidObjectKeyException(String message) {
        super(message);
    }
}
