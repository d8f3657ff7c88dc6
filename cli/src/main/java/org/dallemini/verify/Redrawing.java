package org.dallemini.verify;

import java.util.Locale;

/** What came out when an image was drawn again as its file says. */
public sealed interface Redrawing {

    /** @param sameFile whether the files are equal too, and not the pixels alone */
    record Same(boolean sameFile) implements Redrawing {}

    /**
     * Another picture.
     *
     * @param pixels that differ
     * @param most difference of a colour, 1 to 255
     */
    record Different(int pixels, int most) implements Redrawing {}

    /** The picture in the file is not of the size that the model draws. */
    record OtherSize(int width, int height) implements Redrawing {}

    /** It cannot be drawn again. */
    record Impossible(String why) implements Redrawing {}

    /** In words. */
    default String text() {
        if (this instanceof Same same) {
            return same.sameFile ? "the same, byte for byte" : "the same pixels, in another file";
        }
        if (this instanceof Different other) {
            return String.format(Locale.ROOT, "DIFFERENT: %d pixels, by up to %d of 255", other.pixels, other.most);
        }
        if (this instanceof OtherSize size) {
            return String.format(Locale.ROOT, "DIFFERENT: it is drawn with %d x %d pixels", size.width, size.height);
        }
        return "not drawn again: " + ((Impossible) this).why;
    }
}
