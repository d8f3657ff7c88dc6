package org.dallemini.dalle.precision;

import java.nio.FloatBuffer;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;

/**
 * Products of integers of few bits, by ONNX Runtime's MatMulNBits: weights as {@link BlockWeight} has them; a row of
 * the input becomes integers of 8 bits, with a scale of its own for each block. Integers are multiplied and added up
 * block by block; the sums, times the two scales, are added up in float32.
 *
 * <p>Not DynamicQuantizeMatMul: that has one scale for the whole batch, so that an image would depend on its
 * neighbours. {@link RowProducts} are faster where rows are many.
 */
final class BlockProducts implements MatrixProducts {
    /** Of MatMulNBits: inputs become integers of 8 bits. */
    private static final int INTEGER_INPUTS = 4;

    private final Graph g;
    private final int bits;

    BlockProducts(Graph g, int bits) {
        this.g = g;
        this.bits = bits;
    }

    @Override
    public String of(String x, Weight kernel) {
        return product(new BlockWeight(kernel, bits), x);
    }

    /** The shift's own product is known beforehand, in float32, and is added to the other. */
    @Override
    public String ofShifted(String x, Weight shift, Weight kernel) {
        return product(new BlockWeight(kernel, bits), x, "", "", g.weight(product(shift, kernel)));
    }

    private String product(BlockWeight weight, String x, String... more) {
        return g.microsoft("MatMulNBits")
                .in(x, g.weight(weight.integers()), g.weight(weight.scales()))
                .in(more)
                .set("K", weight.in())
                .set("N", weight.out())
                .set("bits", bits)
                .set("block_size", BlockWeight.BLOCK)
                .set("accuracy_level", INTEGER_INPUTS)
                .out();
    }

    /** [in] times [in, out] is [out]. */
    static Weight product(Weight vector, Weight matrix) {
        int in = Math.toIntExact(matrix.shape()[0]);
        int out = Math.toIntExact(matrix.shape()[1]);
        return new Weight(new long[] {out}, () -> {
            FloatBuffer factors = BlockWeight.elements(vector);
            FloatBuffer elements = BlockWeight.elements(matrix);
            double[] sums = new double[out];
            for (int i = 0; i < in; i++) {
                for (int o = 0; o < out; o++) {
                    sums[o] += (double) factors.get(i) * elements.get(i * out + o);
                }
            }
            Tensor result = Tensor.allocate(out);
            for (int o = 0; o < out; o++) {
                result.data().put(o, (float) sums[o]);
            }
            return result;
        });
    }
}
