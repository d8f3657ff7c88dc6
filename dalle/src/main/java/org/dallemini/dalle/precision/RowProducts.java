package org.dallemini.dalle.precision;

import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;

/**
 * Products of integers of 8 bits, by ONNX Runtime's MatMulIntegerToFloat: each column of the weights has a scale, and
 * so has each row of the input, from its own largest magnitude. Integers are added up over the whole row, which is
 * exact.
 *
 * <p>The scale of a row takes six small operators around each product. They cost more than the faster product saves
 * where rows are few.
 */
record RowProducts(Graph g) implements MatrixProducts {
    /** The integer that stands for 0; those of a row go from 1 to 255. */
    private static final int ZERO = 128;

    @Override
    public String of(String x, Weight kernel) {
        String magnitude = g.op("ReduceMax", g.op("Abs", x), g.longs(-1));
        String largest = g.op("Max", magnitude, g.scalar(Float.MIN_NORMAL)); // nothing is divided by 0
        String scale = g.scalar(1f / Int8Weight.MAX_VALUE);
        String integers = g.op("QuantizeLinear", g.op("Div", x, largest), scale, g.uint8(ZERO));
        int out = Math.toIntExact(kernel.shape()[1]);
        Int8Weight weight = Int8Weight.ofMatrix(kernel);
        String product = g.microsoft("MatMulIntegerToFloat")
                .in(
                        integers,
                        g.weight(weight.integers()),
                        scale,
                        g.weight(weight.scales(out)),
                        g.uint8(ZERO),
                        g.int8(0))
                .out();
        return g.op("Mul", product, largest);
    }

    /** The shift's own product is known beforehand, in float32, and is added to the other. */
    @Override
    public String ofShifted(String x, Weight shift, Weight kernel) {
        return g.op("Add", of(x, kernel), g.weight(BlockProducts.product(shift, kernel)));
    }
}
