package org.dallemini.dalle.model;

import java.nio.file.Path;

/** A sound checkpoint of an architecture that is not built here. Names the key of config.json and its value. */
public final class UnsupportedModelException extends ModelException {
    private final String key;

    public UnsupportedModelException(Path file, String key, Object value, String supported) {
        super(file + ": " + key + " = " + value + " is not supported, only " + supported
                + " (which the published DALL-E mini and Mega have); choose another checkpoint");
        this.key = key;
    }

    public String key() {
        return key;
    }
}
