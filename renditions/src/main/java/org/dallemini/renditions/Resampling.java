package org.dallemini.renditions;

import org.dallemini.dalle.vqgan.RgbImage;

/**
 * Any size by Catmull-Rom's kernel, which is as wide as a pixel of the smaller image, so that making smaller averages
 * what it leaves out.
 */
final class Resampling {
    private static final int RADIUS = 2;

    private Resampling() {}

    static RgbImage resized(RgbImage image, int width, int height) {
        if (image.width() == width && image.height() == height) {
            return image;
        }
        byte[] rgb = new byte[Planes.COLOURS * width * height];
        for (int colour = 0; colour < Planes.COLOURS; colour++) {
            Plane plane = Planes.of(image, colour, 0, image.height());
            Plane resized = across(across(plane, width).transposed(), height).transposed();
            Planes.put(resized, 0, height, rgb, colour, 0);
        }
        return new RgbImage(width, height, rgb);
    }

    private static Plane across(Plane source, int width) {
        Plane result = new Plane(width, source.height());
        double step = (double) source.width() / width;
        double stretch = Math.max(1, step);
        for (int x = 0; x < width; x++) {
            double centre = (x + 0.5) * step - 0.5;
            int first = (int) Math.ceil(centre - RADIUS * stretch);
            int last = (int) Math.floor(centre + RADIUS * stretch);
            float[] weights = new float[last - first + 1];
            float sum = 0;
            for (int i = first; i <= last; i++) {
                weights[i - first] = (float) kernel(Math.abs(i - centre) / stretch);
                sum += weights[i - first];
            }
            for (int y = 0; y < source.height(); y++) {
                float value = 0;
                for (int i = first; i <= last; i++) {
                    value += weights[i - first] * source.at(i, y);
                }
                result.values()[y * width + x] = value / sum;
            }
        }
        return result;
    }

    private static double kernel(double t) {
        if (t < 1) {
            return (1.5 * t - 2.5) * t * t + 1;
        }
        return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    }
}
