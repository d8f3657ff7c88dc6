package org.dallemini.filter;

import java.util.Locale;

/** Where a picture leaves or comes in, for the metrics. */
public enum Door {
    /** A finished image on its way to the topic images. */
    IMAGE,
    /** What there is of an image, for those who watch. */
    PREVIEW,
    /** A picture that images shall begin with. */
    PREFIX,
    /** A picture that the command line draws of tokens. */
    COMMAND;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
