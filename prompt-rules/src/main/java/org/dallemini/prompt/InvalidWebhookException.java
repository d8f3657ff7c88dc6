package org.dallemini.prompt;

/** Somebody wants to be told in a way that cannot be had; the message says what is wrong and what to do. */
public final class InvalidWebhookException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidWebhookException(String message) {
        super(message);
    }
}
