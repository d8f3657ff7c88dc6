package org.dallemini.ingest.http;

import org.dallemini.stage.config.FilterMode;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param name of the key; empty where there are no keys
 * @param promptFilter the key's own mode of the prompt filter; null if it has none
 */
public record Caller(String name, @Nullable FilterMode promptFilter) {
    /** Whoever may come here without a key. */
    public static final Caller ANYBODY = new Caller("");

    public Caller(String name) {
        this(name, null);
    }
}
