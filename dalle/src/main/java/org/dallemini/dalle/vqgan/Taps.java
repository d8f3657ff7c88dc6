package org.dallemini.dalle.vqgan;

import java.nio.ByteBuffer;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.Tensor;

/**
 * Which pixels a kernel sees at each place of a strip of an image: int32 [pixels of the strip, height * width of the
 * kernel], numbers of pixels from the top left, row by row; size * size stands for those beyond the image.
 */
final class Taps {
    private Taps() {}

    /** Of a 3x3 kernel. */
    static Tensor around(int size, int strips, int strip) {
        return taps(size, strips, strip, 3, -1, -1);
    }

    /** Of a {@link PhaseKernel}. */
    static Tensor phase(int size, int strips, int strip, int row, int column) {
        return taps(size, strips, strip, 2, row - 1, column - 1);
    }

    /** @param top where the first row of the kernel lies, from the pixel's own */
    private static Tensor taps(int size, int strips, int strip, int kernel, int top, int left) {
        int rows = size / strips;
        Tensor taps = Tensor.allocate(ElementType.INT32, (long) rows * size, (long) kernel * kernel);
        ByteBuffer to = taps.bytes();
        for (int y = strip * rows; y < (strip + 1) * rows; y++) {
            for (int x = 0; x < size; x++) {
                for (int i = y + top; i < y + top + kernel; i++) {
                    for (int j = x + left; j < x + left + kernel; j++) {
                        boolean inside = i >= 0 && i < size && j >= 0 && j < size;
                        to.putInt(inside ? i * size + j : size * size);
                    }
                }
            }
        }
        return taps;
    }
}
