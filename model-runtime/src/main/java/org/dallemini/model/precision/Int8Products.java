package org.dallemini.model.precision;

import java.util.HashMap;
import java.util.Map;
import org.dallemini.model.checkpoint.Weight;
import org.dallemini.model.onnx.Graph;

/**
 * Products of 8-bit integers. A row x of the input becomes u = round(x * 127 / max|x|) + 128, a column w of the kernel
 * v = round(w * 127 / max|w|), and x·w is (u - 128)·v, an exact sum of integers, times the two scales. Not
 * DynamicQuantizeMatMul of ONNX Runtime: that has one scale for the whole batch, so that an image would depend on its
 * neighbours.
 */
final class Int8Products implements MatrixProducts {
    private static final int LARGEST = Int8Weight.LARGEST, ZERO_POINT = 128;

    /** Scale of a row of zeros, instead of a division by zero. */
    private static final float SMALLEST = 1e-30f;

    private record Rows(String integers, String scales) {}

    private final Graph g;
    /** By name; several products may have one input. */
    private final Map<String, Rows> quantized = new HashMap<>();

    Int8Products(Graph g) {
        this.g = g;
    }

    @Override
    public String of(String x, Weight kernel) {
        Rows rows = quantized.computeIfAbsent(x, this::quantize);
        Int8Weight weight = Int8Weight.ofMatrix(kernel);
        String product = g.microsoft("MatMulIntegerToFloat")
                .in(
                        rows.integers,
                        g.weight(weight.integers()),
                        g.scalar(1),
                        g.weight(weight.scales()),
                        g.uint8(ZERO_POINT),
                        g.int8(0)) // left out, it makes ONNX Runtime 1.29.0 abort on processors without VNNI
                .out();
        return g.op("Mul", product, rows.scales);
    }

    private Rows quantize(String x) {
        String largest = g.node("ReduceMax")
                .in(g.op("Abs", x), g.longs(-1))
                .set("keepdims", 1)
                .out();
        String scales = g.op("Max", g.op("Mul", largest, g.scalar(1f / LARGEST)), g.scalar(SMALLEST));
        String integers = g.op("QuantizeLinear", g.op("Div", x, scales), g.scalar(1), g.uint8(ZERO_POINT));
        return new Rows(integers, scales);
    }
}
