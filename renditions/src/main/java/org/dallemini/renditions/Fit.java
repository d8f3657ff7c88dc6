package org.dallemini.renditions;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What is done where the wanted size has another aspect than the image. */
public enum Fit {
    /** The whole image is shown, in the middle of a ground of the mean colour of its edge. */
    PAD,
    /** The whole size is filled, and what stands over is cut off on both sides alike. */
    CROP;

    /** As written in requests and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Fit> of(String word) {
        return Stream.of(values()).filter(fit -> fit.word().equals(word)).findFirst();
    }
}
