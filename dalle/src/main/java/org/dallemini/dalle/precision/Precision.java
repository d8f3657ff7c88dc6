package org.dallemini.dalle.precision;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.dallemini.dalle.onnx.Graph;

/** Arithmetic of the matrix products of a graph. Everything between them is float32. */
public enum Precision {
    /** 32-bit floats, as the original on a CPU. */
    FP32,

    /**
     * Weights and inputs of 8 bits with a scale for each block of {@value BlockWeight#BLOCK}, sums of 32 bits. The
     * scales of a row come from that row alone: what else is in the batch changes no bit of it.
     */
    INT8,

    /** Weights of 4 bits, inputs of 8, in blocks likewise. */
    INT4,

    /**
     * Weights and inputs of 8 bits with a scale for each column and row. With many rows faster than {@link #INT8}, with
     * few slower, and less exact where single values of a row stand out.
     */
    INT8_ROWS;

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

    /** Whether a VQGAN can have it: there are convolutions of this arithmetic. */
    public boolean hasConvolutions() {
        return this == FP32 || this == INT8;
    }

    /**
     * Of how many rows, or a multiple of that, a product must be so that each row comes out the same to the bit
     * whatever the others are. ONNX Runtime's MatMulNBits takes rows in pairs; it adds up in another order for one that
     * is left over.
     */
    public int rowMultiple() {
        return this == FP32 || this == INT8_ROWS ? 1 : 2;
    }

    /** Products of this arithmetic in a graph that is being built. */
    public MatrixProducts products(Graph graph) {
        return switch (this) {
            case FP32 -> new FloatProducts(graph);
            case INT8 -> new BlockProducts(graph, 8);
            case INT4 -> new BlockProducts(graph, 4);
            case INT8_ROWS -> new RowProducts(graph);
        };
    }
}
