package org.dallemini.dalle.bart;

import java.io.IOException;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;

/**
 * Widens attention heads with zeros, since ONNX Runtime's GroupQueryAttention takes only head sizes that are a multiple
 * of 8. Zeros in queries and keys leave the scores as they are, and what zeros in the values bring meets zero rows of
 * the output projection.
 *
 * @param heads number of heads
 * @param size of a head in the checkpoint
 * @param padded the next multiple of 8
 */
record HeadPadding(int heads, int size, int padded) {
    private static final int MULTIPLE = 8;

    static HeadPadding of(int heads, int size) {
        return new HeadPadding(heads, size, (size + MULTIPLE - 1) / MULTIPLE * MULTIPLE);
    }

    /** Query, key or value kernel [in, heads * size] to [in, heads * padded]. */
    Weight ofProjection(Weight kernel) {
        int in = Math.toIntExact(kernel.shape()[0]);
        return widen(kernel, in * heads, size, padded, in, (long) heads * padded);
    }

    /** Output kernel [heads * size, out] to [heads * padded, out]. */
    Weight ofOutput(Weight kernel) {
        int out = Math.toIntExact(kernel.shape()[1]);
        return widen(kernel, heads, size * out, padded * out, (long) heads * padded, out);
    }

    /** Blocks of {@code from} floats become blocks of {@code to} floats, filled up with zeros. */
    private Weight widen(Weight kernel, int blocks, int from, int to, long... shape) {
        return size == padded ? kernel : new Weight(shape, () -> widened(kernel, blocks, from, to, shape));
    }

    private static Tensor widened(Weight kernel, int blocks, int from, int to, long... shape) throws IOException {
        Tensor narrow = kernel.read();
        Tensor wide = Tensor.allocate(shape);
        for (int i = 0; i < blocks; i++) {
            wide.data().put(i * to, narrow.data(), i * from, from);
        }
        return wide;
    }
}
