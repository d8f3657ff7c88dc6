package org.dallemini.images.vqgan;

import java.util.HashMap;
import java.util.Map;
import org.dallemini.model.checkpoint.Weight;
import org.dallemini.model.onnx.Graph;
import org.dallemini.model.precision.Int8Weight;

/**
 * Convolutions of 8-bit integers: kernels with a scale for each output channel, inputs with one for the whole value,
 * which is found anew in each run. So images must be decoded one at a time, or they would depend on each other.
 */
final class Int8Convolutions implements Convolutions {
    private record Input(String integers, String scale, String zeroPoint) {}

    private final Graph g;
    /** By name; several convolutions may have one input. */
    private final Map<String, Input> quantized = new HashMap<>();

    Int8Convolutions(Graph g) {
        this.g = g;
    }

    @Override
    public String of(String x, Weight kernel, Weight bias, Geometry geometry) {
        Input input = quantized.computeIfAbsent(x, this::quantize);
        Int8Weight weight = Int8Weight.ofConvolution(kernel);
        long out = kernel.shape()[0];
        String sums = geometry.applyTo(
                        g.node("ConvInteger").in(input.integers, g.weight(weight.integers()), input.zeroPoint))
                .out();
        String scale = g.op("Mul", g.weight(weight.scales(out, 1, 1)), input.scale);
        String product =
                g.op("Mul", g.node("Cast").in(sums).set("to", Graph.FLOAT).out(), scale);
        Weight perChannel = new Weight(new long[] {out, 1, 1}, () -> bias.read().reshape(out, 1, 1));
        return g.op("Add", product, g.weight(perChannel));
    }

    private Input quantize(String x) {
        String[] parts = g.node("DynamicQuantizeLinear").in(x).outs(3);
        return new Input(parts[0], parts[1], parts[2]);
    }
}
