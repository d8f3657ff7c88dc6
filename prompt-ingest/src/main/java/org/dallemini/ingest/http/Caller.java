package org.dallemini.ingest.http;

/**
 * Who sent a request.
 *
 * @param name of the key; empty where there are no keys
 */
public record Caller(String name) {
    /** Whoever may come here without a key. */
    public static final Caller ANYBODY = new Caller("");
}
