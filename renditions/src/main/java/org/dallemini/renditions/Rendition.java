package org.dallemini.renditions;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image is wanted as.
 *
 * @param size null: as it was drawn
 * @param quality of JPEG and WebP, 0 (small) to 100 (good); PNG loses nothing
 */
public record Rendition(@Nullable Size size, Fit fit, FileFormat format, int quality) {
    /** Quality where nothing else is said. */
    public static final int DEFAULT_QUALITY = 90;

    /** How many times larger than it was drawn an image may become. */
    public static final int MAX_SCALE = 16;

    /** Longest side, in pixels. */
    public static final int MAX_SIDE = 4096;

    /** The image as it was drawn, in the file that was stored. */
    public static final Rendition ORIGINAL = new Rendition(null, Fit.PAD, FileFormat.PNG, DEFAULT_QUALITY);

    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    public Rendition {
        if (quality < 0 || quality > 100) {
            throw new IllegalArgumentException("quality is " + quality + ", allowed is 0 to 100");
        }
    }

    /** Width and height in pixels. */
    public record Size(int width, int height) {
        public Size {
            if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
                throw new IllegalArgumentException(
                        "a size of " + width + "x" + height + " is none: each side has 1 to " + MAX_SIDE + " pixels");
            }
        }

        /**
         * Reads {@code 1024x768}; empty if it is written otherwise.
         *
         * @throws IllegalArgumentException if a side is too long
         */
        public static Optional<Size> parse(String text) {
            Matcher size = SIZE.matcher(text);
            return size.matches()
                    ? Optional.of(new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return width + "x" + height;
        }
    }

    /** Whether the stored file is what is wanted, for an image of this size. */
    public boolean isOriginal(int width, int height) {
        return format == FileFormat.PNG && !isScaled(width, height);
    }

    /** Whether an image of this size has to be scaled, padded or cropped. */
    public boolean isScaled(int width, int height) {
        return size != null && !(size.width == width && size.height == height);
    }

    /**
     * Why an image of this size cannot be made into it; empty if it can.
     *
     * @param width as it was drawn
     * @param height as it was drawn
     */
    public Optional<String> problem(int width, int height) {
        if (size == null || scale(width, height) <= MAX_SCALE) {
            return Optional.empty();
        }
        return Optional.of("an image of " + width + "x" + height + " becomes at most " + MAX_SCALE
                + " times as large, and " + size + " asks for more");
    }

    /** By how much an image of this size is scaled. */
    double scale(int width, int height) {
        if (size == null) {
            return 1;
        }
        double across = (double) size.width / width;
        double down = (double) size.height / height;
        return fit == Fit.PAD ? Math.min(across, down) : Math.max(across, down);
    }
}
