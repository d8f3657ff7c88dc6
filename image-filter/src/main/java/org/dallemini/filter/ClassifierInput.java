package org.dallemini.filter;

import java.nio.FloatBuffer;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * A picture as the classifier wants it: {@link #SIDE} x {@link #SIDE} pixels, 0 is black and 1 is white. All of a
 * picture is scaled, whatever its shape, as nsfwjs does.
 */
final class ClassifierInput {
    static final int SIDE = 224;
    static final int CHANNELS = 3;
    private static final float WHITE = 255;

    private ClassifierInput() {}

    /** As TensorFlow.js' {@code resizeBilinear} with {@code alignCorners}, which is what nsfwjs uses. */
    static FloatBuffer smooth(RgbImage image) {
        FloatBuffer input = FloatBuffer.allocate(SIDE * SIDE * CHANNELS);
        double rowStep = (image.height() - 1) / (double) (SIDE - 1);
        double columnStep = (image.width() - 1) / (double) (SIDE - 1);
        for (int y = 0; y < SIDE; y++) {
            int top = (int) (y * rowStep);
            int bottom = Math.min(top + 1, image.height() - 1);
            double down = y * rowStep - top;
            for (int x = 0; x < SIDE; x++) {
                int left = (int) (x * columnStep);
                int right = Math.min(left + 1, image.width() - 1);
                double across = x * columnStep - left;
                for (int c = 0; c < CHANNELS; c++) {
                    double above = between(level(image, top, left, c), level(image, top, right, c), across);
                    double below = between(level(image, bottom, left, c), level(image, bottom, right, c), across);
                    input.put((float) between(above, below, down));
                }
            }
        }
        return input.flip();
    }

    /** Each pixel as a block, with sharp edges. */
    static FloatBuffer blocks(RgbImage image) {
        FloatBuffer input = FloatBuffer.allocate(SIDE * SIDE * CHANNELS);
        for (int y = 0; y < SIDE; y++) {
            int row = middle(y, image.height());
            for (int x = 0; x < SIDE; x++) {
                int column = middle(x, image.width());
                for (int c = 0; c < CHANNELS; c++) {
                    input.put(level(image, row, column, c));
                }
            }
        }
        return input.flip();
    }

    private static int middle(int at, int pixels) {
        return (2 * at + 1) * pixels / (2 * SIDE);
    }

    private static double between(double from, double to, double way) {
        return from + (to - from) * way;
    }

    private static float level(RgbImage image, int row, int column, int channel) {
        return Byte.toUnsignedInt(image.rgb()[CHANNELS * (row * image.width() + column) + channel]) / WHITE;
    }
}
