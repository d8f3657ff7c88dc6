package org.dallemini.storage;

/** A record makes no object key; the message says which of its values is wrong and what is allowed. */
public final class InvalidObjectKeyException extends RuntimeException {
    InvalidObjectKeyException(String message) {
        super(message);
    }
}
