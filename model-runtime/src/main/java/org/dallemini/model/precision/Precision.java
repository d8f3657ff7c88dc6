package org.dallemini.model.precision;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dallemini.model.onnx.Graph;

/** Arithmetic of the matrix products of a graph. Everything between them is float32. */
public enum Precision {
    /** 32-bit floats, as the original on a CPU. */
    FP32,

    /**
     * Weights of 8 bits with a scale for each output, inputs of 8 bits with a scale for each row, sums of 32 bits. A
     * row's scale comes from that row alone: what else is in the batch changes no bit of it.
     */
    INT8,

    /** Weights of 4 bits with a scale for each block of {@value Int4Blocks#BLOCK}, inputs of 8 bits likewise. */
    INT4;

    /** As in settings, events and the model cache. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming those that there are */
    public static Precision of(String key) {
        return Arrays.stream(values())
                .filter(precision -> precision.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + key + "\" is none of "
                        + Arrays.stream(values()).map(Precision::key).collect(Collectors.joining(", "))));
    }

    /**
     * How many rows a product must have so that each of them comes out the same to the bit whatever the others are.
     * ONNX Runtime's MatMulNBits adds up in another order when there is a single row.
     */
    public int fewestRows() {
        return this == INT4 ? 2 : 1;
    }

    /** Products of this arithmetic in a graph that is being built. */
    public MatrixProducts products(Graph graph) {
        return switch (this) {
            case FP32 -> (x, kernel) -> graph.op("MatMul", x, graph.weight(kernel));
            case INT8 -> new Int8Products(graph);
            case INT4 -> (x, kernel) -> Int4Blocks.product(graph, x, kernel);
        };
    }
}
