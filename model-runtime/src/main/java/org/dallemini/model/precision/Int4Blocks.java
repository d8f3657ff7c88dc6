package org.dallemini.model.precision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.dallemini.model.checkpoint.ElementType;
import org.dallemini.model.checkpoint.Tensor;
import org.dallemini.model.checkpoint.Weight;
import org.dallemini.model.onnx.Graph;
import org.jspecify.annotations.Nullable;

/**
 * A kernel [in, out] as 4-bit integers, each column in blocks of {@value #BLOCK} with a scale of their own, in the
 * layout of ONNX Runtime's MatMulNBits: kernel = (nibble - 8) * scale, but for rounding; the last block of a column is
 * filled up with zeros.
 */
final class Int4Blocks {
    static final int BLOCK = 128;

    private static final int BITS = 4, ZERO = 1 << (BITS - 1), PER_BYTE = Byte.SIZE / BITS;

    /** Of MatMulNBits: inputs become 8-bit integers, with a scale for each block of a row. */
    private static final int INTEGER_INPUTS = 4;

    private record Blocks(Tensor packed, Tensor scales) {}

    private final Weight kernel;
    private final int in;
    private final int out;
    private final int perColumn;
    /** Between the reading of the two weights. */
    private @Nullable Blocks kept;

    private Int4Blocks(Weight kernel) {
        this.kernel = kernel;
        this.in = Math.toIntExact(kernel.shape()[0]);
        this.out = Math.toIntExact(kernel.shape()[1]);
        this.perColumn = (in + BLOCK - 1) / BLOCK;
    }

    static String product(Graph g, String x, Weight kernel) {
        Int4Blocks blocks = new Int4Blocks(kernel);
        return g.microsoft("MatMulNBits")
                .in(x, g.weight(blocks.packed()), g.weight(blocks.scales()))
                .set("K", blocks.in)
                .set("N", blocks.out)
                .set("bits", BITS)
                .set("block_size", BLOCK)
                .set("accuracy_level", INTEGER_INPUTS)
                .out();
    }

    /** uint8 [out, blocks of a column, BLOCK / 2]; the lower nibble comes first. */
    private Weight packed() {
        return new Weight(ElementType.UINT8, new long[] {out, perColumn, BLOCK / PER_BYTE}, () -> {
            Blocks blocks = quantize();
            kept = blocks; // the scales are written next, and need not read it all again
            return blocks.packed;
        });
    }

    /** float [out * blocks of a column]. */
    private Weight scales() {
        return new Weight(new long[] {(long) out * perColumn}, () -> {
            Blocks blocks = kept == null ? quantize() : kept;
            kept = null;
            return blocks.scales;
        });
    }

    private Blocks quantize() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(Float.BYTES * (long) in * out))
                .order(ByteOrder.LITTLE_ENDIAN);
        kernel.read(0, bytes);
        FloatBuffer matrix = bytes.flip().asFloatBuffer();
        Tensor packed = Tensor.allocate(ElementType.UINT8, out, perColumn, BLOCK / PER_BYTE);
        Tensor scales = Tensor.allocate((long) out * perColumn);
        float[] block = new float[BLOCK];
        for (int column = 0; column < out; column++) {
            for (int b = 0; b < perColumn; b++) {
                for (int i = 0; i < BLOCK; i++) {
                    int row = b * BLOCK + i;
                    block[i] = row < in ? matrix.get(row * out + column) : 0;
                }
                int number = column * perColumn + b;
                scales.data().put(number, pack(block, packed.bytes().position(number * BLOCK / PER_BYTE)));
            }
        }
        return new Blocks(packed, scales);
    }

    /** The value of largest magnitude becomes the nibble 0, which stands for -8; returns the scale. */
    private static float pack(float[] block, ByteBuffer to) {
        float extreme = 0;
        for (float value : block) {
            if (Math.abs(value) > Math.abs(extreme)) {
                extreme = value;
            }
        }
        float scale = extreme == 0 ? 1 : -extreme / ZERO;
        for (int i = 0; i < BLOCK; i += PER_BYTE) {
            to.put((byte) (nibble(block[i], scale) | nibble(block[i + 1], scale) << BITS));
        }
        return scale;
    }

    private static int nibble(float value, float scale) {
        return Math.min((int) Math.rint(value / scale) + ZERO, 2 * ZERO - 1);
    }
}
