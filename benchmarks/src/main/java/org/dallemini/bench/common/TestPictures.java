package org.dallemini.bench.common;

import java.util.SplittableRandom;

/** Synthetic pictures. */
public final class TestPictures {
    private TestPictures() {}

    /**
     * A slope of brightness with noise on it, as a photograph has.
     *
     * @param seed of the noise
     * @param size height and width in pixels
     * @param noise levels up and down, at most
     * @return red, green and blue, row by row
     */
    public static byte[] slope(long seed, int size, int noise) {
        var random = new SplittableRandom(seed);
        byte[] rgb = new byte[3 * size * size];
        for (int i = 0; i < rgb.length; i++) {
            int row = i / (3 * size);
            int column = i / 3 % size;
            int level = 127 * (row + column) / size + 20 * (i % 3) / 3 + random.nextInt(-noise, noise + 1);
            rgb[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return rgb;
    }
}
