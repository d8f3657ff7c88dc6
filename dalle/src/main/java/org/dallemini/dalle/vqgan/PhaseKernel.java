package org.dallemini.dalle.vqgan;

import java.nio.FloatBuffer;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;

/**
 * A 3x3 kernel after an image was doubled (each pixel became 2x2) as kernels of 2x2 for the image before that: one for
 * each place that a pixel can have among the four. Of the three rows of the large image that an upper pixel sees, one
 * belongs to the pixel above its own in the small image, and two to its own; of those that a lower pixel sees, two
 * belong to its own, and one to the pixel below. Columns likewise.
 */
final class PhaseKernel {
    private static final int WIDTH = 3, SUMS = 2;

    private PhaseKernel() {}

    /**
     * @param kernel float [out, in, 3, 3]
     * @param row 0 for upper pixels, 1 for lower ones
     * @param column 0 for left pixels, 1 for right ones
     * @return float [out, in, 2, 2], for an image with a margin of 1 - row above, row below, 1 - column at the left and
     *     column at the right
     */
    static Weight of(Weight kernel, int row, int column) {
        long[] shape = {kernel.shape()[0], kernel.shape()[1], SUMS, SUMS};
        return new Weight(shape, () -> sums(kernel.read(), shape, row, column));
    }

    private static Tensor sums(Tensor kernel, long[] shape, int row, int column) {
        Tensor sums = Tensor.allocate(shape);
        FloatBuffer from = kernel.data();
        FloatBuffer to = sums.data();
        for (int plane = 0; plane < kernel.dim(0) * kernel.dim(1); plane++) {
            for (int y = 0; y < WIDTH; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    int at = (plane * SUMS + pixel(y, row)) * SUMS + pixel(x, column);
                    to.put(at, to.get(at) + from.get((plane * WIDTH + y) * WIDTH + x));
                }
            }
        }
        return sums;
    }

    /** Which of the two pixels of the small image it is that an element of the kernel falls on. */
    private static int pixel(int element, int phase) {
        return (element + 1 - phase) / 2; // pixels begin at even rows
    }
}
