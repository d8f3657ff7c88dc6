package org.dallemini.renditions;

import org.dallemini.dalle.vqgan.RgbImage;

/** The three colours of an image, each by itself. */
final class Planes {
    private static final int COLOURS = 3;

    private Planes() {}

    static Plane[] of(RgbImage image) {
        Plane[] planes = new Plane[COLOURS];
        for (int colour = 0; colour < COLOURS; colour++) {
            planes[colour] = new Plane(image.width(), image.height());
            float[] values = planes[colour].values();
            for (int i = 0; i < values.length; i++) {
                values[i] = image.rgb()[COLOURS * i + colour] & 0xff;
            }
        }
        return planes;
    }

    /** Values are rounded, and limited to 0 to 255. */
    static RgbImage image(Plane[] planes) {
        byte[] rgb = new byte[COLOURS * planes[0].values().length];
        for (int colour = 0; colour < COLOURS; colour++) {
            float[] values = planes[colour].values();
            for (int i = 0; i < values.length; i++) {
                rgb[COLOURS * i + colour] = (byte) Math.min(255, Math.max(0, Math.round(values[i])));
            }
        }
        return new RgbImage(planes[0].width(), planes[0].height(), rgb);
    }
}
