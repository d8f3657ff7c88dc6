package org.dallemini.filter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the classifier tells apart, in the order of its outputs. */
public enum ImageClass {
    /** Harmless drawings. */
    DRAWING,
    /** Pornographic drawings. */
    HENTAI,
    /** Harmless pictures of any other kind. */
    NEUTRAL,
    /** Pornographic pictures. */
    PORN,
    /** Suggestive pictures that are not pornographic. */
    SEXY;

    /** As settings and records have it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ImageClass> of(String key) {
        return Arrays.stream(values()).filter(c -> c.key().equals(key)).findFirst();
    }
}
