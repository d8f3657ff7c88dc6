package org.dallemini.clip;

import java.nio.FloatBuffer;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * A picture as CLIP wants it: the shorter side scaled by Pillow's bicubic filter, the middle cut out, and each channel
 * less its mean over its deviation. To the byte what transformers' feature extractor makes of it.
 */
final class ClipPixels {
    private static final int CHANNELS = 3;
    private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] DEVIATION = {0.26862954f, 0.26130258f, 0.27577711f};

    /** Bits behind the point of Pillow's weights. */
    private static final int PRECISION = 32 - 8 - 2;

    private static final double SUPPORT = 2, A = -0.5;

    private ClipPixels() {}

    /** @return [size, size, 3] */
    static FloatBuffer of(RgbImage image, int size) {
        boolean isHigh = image.height() > image.width();
        int width = isHigh ? size : (int) ((double) size * image.width() / image.height());
        int height = isHigh ? (int) ((double) size * image.height() / image.width()) : size;
        byte[] scaled = scale(image, width, height);
        int left = (width - size) / 2;
        int top = (height - size) / 2;
        FloatBuffer pixels = FloatBuffer.allocate(size * size * CHANNELS);
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                for (int c = 0; c < CHANNELS; c++) {
                    int level = Byte.toUnsignedInt(scaled[CHANNELS * ((top + y) * width + left + x) + c]);
                    pixels.put((level / 255f - MEAN[c]) / DEVIATION[c]);
                }
            }
        }
        return pixels.flip();
    }

    /** Across, then down, with bytes between, as Pillow does; a side that stays as it is is not touched. */
    private static byte[] scale(RgbImage image, int width, int height) {
        byte[] across = image.width() == width
                ? image.rgb()
                : resample(image.rgb(), image.height(), image.width(), width, image.width() * CHANNELS, CHANNELS);
        return image.height() == height
                ? across
                : resample(across, width, image.height(), height, CHANNELS, width * CHANNELS);
    }

    /**
     * Scales every line.
     *
     * @param lines how many
     * @param from pixels of a line
     * @param to pixels that it gets
     * @param lineStep bytes from one line to the next in the source
     * @param step bytes from one pixel of a line to the next; in the result lines and pixels lie likewise
     */
    private static byte[] resample(byte[] source, int lines, int from, int to, int lineStep, int step) {
        boolean rowwise = step == CHANNELS;
        byte[] result = new byte[lines * to * CHANNELS];
        int resultLine = rowwise ? to * CHANNELS : CHANNELS;
        double scale = (double) from / to;
        double filterScale = Math.max(scale, 1);
        double support = SUPPORT * filterScale;
        for (int at = 0; at < to; at++) {
            double center = (at + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int count = Math.min(from, (int) (center + support + 0.5)) - first;
            int[] weights = weights(first, count, center, filterScale);
            for (int line = 0; line < lines; line++) {
                for (int c = 0; c < CHANNELS; c++) {
                    int sum = 1 << (PRECISION - 1);
                    for (int i = 0; i < count; i++) {
                        sum += weights[i] * Byte.toUnsignedInt(source[line * lineStep + (first + i) * step + c]);
                    }
                    result[line * resultLine + at * step + c] = (byte) Math.max(0, Math.min(255, sum >> PRECISION));
                }
            }
        }
        return result;
    }

    private static int[] weights(int first, int count, double center, double filterScale) {
        double[] exact = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            exact[i] = bicubic((i + first - center + 0.5) / filterScale);
            sum += exact[i];
        }
        int[] weights = new int[count];
        for (int i = 0; i < count; i++) {
            double weight = exact[i] / sum * (1 << PRECISION);
            weights[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        return weights;
    }

    private static double bicubic(double distance) {
        double x = Math.abs(distance);
        if (x < 1) {
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
