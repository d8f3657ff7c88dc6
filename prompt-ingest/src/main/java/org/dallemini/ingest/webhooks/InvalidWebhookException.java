package org.dallemini.ingest.webhooks;

/** Somebody wants to be told in a way that cannot be had; the message says what is wrong and what to do. */
public final class InvalidWebhookException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidWebhookException(String message) {
        super(message);
    }
}
