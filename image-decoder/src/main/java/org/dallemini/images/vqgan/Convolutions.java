package org.dallemini.images.vqgan;

import org.dallemini.model.checkpoint.Weight;
import org.dallemini.model.onnx.Graph;
import org.dallemini.model.precision.Precision;

/** Adds convolutions to a graph, in one arithmetic. */
@FunctionalInterface
interface Convolutions {
    /**
     * Steps and margins, the same for height and width.
     *
     * @param before zeros added at the top and the left
     * @param after zeros added at the bottom and the right
     */
    record Geometry(int stride, int before, int after) {
        Graph.Node applyTo(Graph.Node convolution) {
            return convolution.set("pads", before, before, after, after).set("strides", stride, stride);
        }
    }

    /**
     * @param x float [N, in, H, W]
     * @param kernel float [out, in, height, width]
     * @param bias float [out]
     */
    String of(String x, Weight kernel, Weight bias, Geometry geometry);

    /** @throws IllegalArgumentException if there are none of this arithmetic */
    static Convolutions in(Graph g, Precision precision) {
        return switch (precision) {
            case FP32 ->
                (x, kernel, bias, geometry) -> geometry.applyTo(g.node("Conv").in(x, g.weight(kernel), g.weight(bias)))
                        .out();
            case INT8 -> new Int8Convolutions(g);
            case INT4 -> throw new IllegalArgumentException("a VQGAN has no arithmetic int4; use fp32 or int8");
        };
    }
}
