package org.dallemini.dalle.precision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A kernel [in, out] as integers of 8 or 4 bits, each column in blocks of {@value #BLOCK} with a scale of their own, in
 * the layout of ONNX Runtime's MatMulNBits: kernel = (integer - zero) * scale, but for rounding, where zero is 128 or
 * 8. The last block of a column is filled up with zeros.
 */
final class BlockWeight {
    static final int BLOCK = 128;

    private record Blocks(Tensor integers, Tensor scales) {}

    private final Weight kernel;
    private final int bits;
    private final int zero;
    private final int in;
    private final int out;
    private final int perColumn;
    /** Between the reading of the two weights. */
    private @Nullable Blocks kept;

    /** @param bits 8 or 4 */
    BlockWeight(Weight kernel, int bits) {
        if (kernel.shape().length != 2) {
            throw new IllegalArgumentException("not a matrix");
        }
        this.kernel = kernel;
        this.bits = bits;
        this.zero = 1 << (bits - 1);
        this.in = Math.toIntExact(kernel.shape()[0]);
        this.out = Math.toIntExact(kernel.shape()[1]);
        this.perColumn = (in + BLOCK - 1) / BLOCK;
    }

    int in() {
        return in;
    }

    int out() {
        return out;
    }

    /** uint8 [out, blocks of a column, bytes of a block]; of two integers in a byte the lower half comes first. */
    Weight integers() {
        return new Weight(ElementType.UINT8, new long[] {out, perColumn, blockBytes()}, () -> {
            Blocks blocks = quantize();
            kept = blocks; // the scales are written next, and need not read it all again
            return blocks.integers;
        });
    }

    /** float [out * blocks of a column]. */
    Weight scales() {
        return new Weight(new long[] {(long) out * perColumn}, () -> {
            Blocks blocks = kept == null ? quantize() : kept;
            kept = null;
            return blocks.scales;
        });
    }

    private int blockBytes() {
        return BLOCK * bits / Byte.SIZE;
    }

    /** Reads a float array as a whole. */
    static FloatBuffer elements(Weight weight) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(weight.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        weight.read(0, bytes);
        return bytes.flip().asFloatBuffer();
    }

    private Blocks quantize() throws IOException {
        FloatBuffer matrix = elements(kernel);
        Tensor integers = Tensor.allocate(ElementType.UINT8, out, perColumn, blockBytes());
        Tensor scales = Tensor.allocate((long) out * perColumn);
        float[] block = new float[BLOCK];
        for (int column = 0; column < out; column++) {
            for (int b = 0; b < perColumn; b++) {
                for (int i = 0; i < BLOCK; i++) {
                    int row = b * BLOCK + i;
                    block[i] = row < in ? matrix.get(row * out + column) : 0;
                }
                int number = column * perColumn + b;
                ByteBuffer to = integers.bytes().position(number * blockBytes());
                scales.data().put(number, bits == Byte.SIZE ? bytes(block, to) : nibbles(block, to));
            }
        }
        return new Blocks(integers, scales);
    }

    /** From 1 to 255, so that the range is symmetric; returns the scale. */
    private float bytes(float[] block, ByteBuffer to) {
        float scale = Math.abs(extreme(block)) / (zero - 1);
        for (float value : block) {
            to.put((byte) integer(value, scale));
        }
        return scale;
    }

    /** The value of largest magnitude becomes 0, which stands for -8: none of 16 may be wasted. Returns the scale. */
    private float nibbles(float[] block, ByteBuffer to) {
        float scale = -extreme(block) / zero;
        for (int i = 0; i < BLOCK; i += 2) {
            to.put((byte) (integer(block[i], scale) | integer(block[i + 1], scale) << bits));
        }
        return scale;
    }

    /** @param scale 0 in a block of zeros, so that its products are exactly 0 */
    private int integer(float value, float scale) {
        return scale == 0 ? zero : Math.min((int) Math.rint(value / scale) + zero, 2 * zero - 1);
    }

    private static float extreme(float[] block) {
        float extreme = 0;
        for (float value : block) {
            if (Math.abs(value) > Math.abs(extreme)) {
                extreme = value;
            }
        }
        return extreme;
    }
}
