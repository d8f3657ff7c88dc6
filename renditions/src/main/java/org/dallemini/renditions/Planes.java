package org.dallemini.renditions;

import org.dallemini.dalle.vqgan.RgbImage;

/** The three colours of an image, each by itself. */
final class Planes {
    static final int COLOURS = 3;

    private Planes() {}

    /** One colour of some rows, from the first to before the last. */
    static Plane of(RgbImage image, int colour, int first, int last) {
        Plane plane = new Plane(image.width(), last - first);
        float[] values = plane.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = image.rgb()[COLOURS * (first * image.width() + i) + colour] & 0xff;
        }
        return plane;
    }

    /**
     * Writes rows of a plane into one colour of an image; values are rounded, and limited to 0 to 255.
     *
     * @param first row of the plane
     * @param last row behind them
     * @param row of the image that the first becomes
     */
    static void put(Plane plane, int first, int last, byte[] rgb, int colour, int row) {
        int width = plane.width();
        for (int i = 0; i < (last - first) * width; i++) {
            int value = Math.round(plane.values()[first * width + i]);
            rgb[COLOURS * (row * width + i) + colour] = (byte) Math.min(255, Math.max(0, value));
        }
    }
}
