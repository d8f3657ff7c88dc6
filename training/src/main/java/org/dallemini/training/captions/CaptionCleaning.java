package org.dallemini.training.captions;

import java.util.regex.Pattern;

/**
 * The cleaning of captions that the model card tells: HTML tags, line breaks and extra spaces removed. The code of the
 * original is not published; this is what its words say.
 */
public final class CaptionCleaning {
    private static final Pattern TAG = Pattern.compile("<[a-zA-Z/!][^<>]*>");
    private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");

    private CaptionCleaning() {}

    /** A caption on one line. */
    public static String clean(String caption) {
        return SPACES.matcher(TAG.matcher(caption).replaceAll(" "))
                .replaceAll(" ")
                .strip();
    }
}
