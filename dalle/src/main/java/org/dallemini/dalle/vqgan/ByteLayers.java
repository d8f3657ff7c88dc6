package org.dallemini.dalle.vqgan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.precision.Int8Weight;

/**
 * The layers of a VQGAN's decoder that take most of its time, with convolutions of 8-bit integers, for one image. A
 * convolution is a matrix product: the pixels that a kernel sees, of all its channels, are gathered as a row of bytes
 * and multiplied with the kernel as a matrix. ONNX Runtime has no fast convolution of bytes that gives floats: with
 * QLinearConv outputs would be rounded to bytes too, of a range that is not known beforehand.
 *
 * <p>Inputs have one scale for the whole value, found in each run; kernels one for each output channel. All else is
 * float32. Values are {@link Strips}: what one operator writes is still in the processor's cache when the next reads
 * it.
 */
final class ByteLayers {
    private static final int GROUPS = VqganConfig.NORM_GROUPS;

    /** The strips of an image are as few as they can be with at most this many pixels each. */
    private static final int PIXELS = 8192;

    /** Most pixels that lie in one row for what is done for each channel; a power of 2. */
    private static final int ROW = 32;

    /** Swish goes down to -0.2785 only, so most integers are for what is above 0. */
    private static final int SWISH_ZERO = 24;

    private static final float SWISH_LOWEST = 0.2785f;

    private static final int SIGNED_ZERO = 128;

    private final Graph g;
    private final FlaxCheckpoint weights;

    ByteLayers(Graph g, FlaxCheckpoint weights) {
        this.g = g;
        this.weights = weights;
    }

    /**
     * An image, cut horizontally.
     *
     * @param parts from top to bottom, float [pixels, channels]
     */
    record Strips(List<String> parts, int channels, int size) {
        private Strips map(Function<String, String> f) {
            return new Strips(parts.stream().map(f).toList(), channels, size);
        }
    }

    /** @param table uint8 [pixels + 1, channels], the last row of which stands for the margin */
    private record Bytes(String table, String scale, int zero, int size) {}

    /** How many strips an image has. */
    static int strips(int size) {
        int strips = 1;
        while (size % strips != 0 || size / strips * size > PIXELS && strips < size) {
            strips++;
        }
        return strips;
    }

    /** @param x float [1, channels, size, size] */
    Strips strips(String x, int channels, int size) {
        x = g.node("Transpose").in(x).set("perm", 0, 2, 3, 1).out();
        int strips = strips(size);
        if (strips == 1) {
            return new Strips(List.of(g.op("Reshape", x, g.longs(-1, channels))), channels, size);
        }
        x = g.op("Reshape", x, g.longs(-1, channels));
        String[] parts =
                g.node("Split").in(x).set("axis", 0).set("num_outputs", strips).outs(strips);
        return new Strips(List.of(parts), channels, size);
    }

    /** float [1, channels, size, size]. */
    String image(Strips x) {
        String pixels = g.op("Reshape", concat(x.parts), g.longs(1, x.size, x.size, x.channels));
        return g.node("Transpose").in(pixels).set("perm", 0, 3, 1, 2).out();
    }

    /** {@code ResnetBlock}. */
    Strips residual(Strips x, String path, int wanted) {
        Strips h = conv3x3(bytesOfSwish(swish(norm(x, path + "/norm1"))), path + "/conv1", x.channels, wanted);
        h = conv3x3(bytesOfSwish(swish(norm(h, path + "/norm2"))), path + "/conv2", wanted, wanted);
        List<String> sums = new ArrayList<>();
        String kernel = x.channels == wanted ? "" : shortcut(path + "/nin_shortcut/kernel", x.channels, wanted);
        for (int i = 0; i < x.parts.size(); i++) {
            String direct = x.parts.get(i);
            if (x.channels != wanted) {
                String bias = g.weight(weights.weight(path + "/nin_shortcut/bias", wanted));
                direct = g.op("Add", g.op("MatMul", direct, kernel), bias);
            }
            sums.add(g.op("Add", h.parts.get(i), direct));
        }
        return new Strips(sums, wanted, x.size);
    }

    private String shortcut(String path, int from, int to) {
        Weight kernel = weights.weight(path, 1, 1, from, to);
        return g.weight(new Weight(new long[] {from, to}, () -> kernel.read().reshape(from, to)));
    }

    /** {@code MidBlock}. Attention stays as it is: it takes little time. */
    Strips middle(Strips x, String path, VqganLayers floats) {
        x = residual(x, path + "/block_1", x.channels);
        x = attention(x, path + "/attn_1", floats);
        return residual(x, path + "/block_2", x.channels);
    }

    /** {@link VqganLayers#attention}. */
    Strips attention(Strips x, String path, VqganLayers floats) {
        return strips(floats.attention(image(x), path, x.channels, x.size), x.channels, x.size);
    }

    /** GroupNorm as a factor and an addend for each channel. */
    Strips norm(Strips x, String path) {
        int channels = x.channels;
        String perPixel = g.scalar((float) (1.0 / ((double) x.size * x.size * (channels / GROUPS))));
        String mean = g.op("Reshape", g.op("Mul", sumOfGroups(x), perPixel), g.longs(-1, 1)); // [groups, 1]
        String squares = g.op("Mul", sumOfGroups(x.map(part -> g.op("Mul", part, part))), perPixel);
        squares = g.op("Reshape", squares, g.longs(-1, 1));
        String variance = g.op("Max", g.op("Sub", squares, g.op("Mul", mean, mean)), g.scalar(0));
        String deviation = g.op("Sqrt", g.op("Add", variance, g.scalar(VqganLayers.EPSILON)));
        String factor = g.op("Div", grouped(path + "/scale", channels), deviation);
        String addend = g.op("Sub", grouped(path + "/bias", channels), g.op("Mul", mean, factor));
        String factors = repeated(factor, x);
        String addends = repeated(addend, x);
        return x.map(part ->
                g.op("Reshape", g.op("Add", g.op("Mul", wide(part, x), factors), addends), g.longs(-1, channels)));
    }

    private String sumOfGroups(Strips x) {
        Strips sums = x.map(part -> g.op("ReduceSum", wide(part, x), g.longs(0)));
        String sum = sums.parts.size() == 1 ? sums.parts.get(0) : g.op("Sum", sums.parts.toArray(String[]::new));
        sum = g.op("Reshape", sum, g.longs(-1, GROUPS, x.channels / GROUPS));
        return g.node("ReduceSum").in(sum, g.longs(0, 2)).set("keepdims", 0).out();
    }

    /** Several pixels in a row: what is done for each channel takes less time in long rows. */
    private String wide(String part, Strips x) {
        return g.op("Reshape", part, g.longs(-1, (long) pixelsOfRow(x) * x.channels));
    }

    /** @param perChannel float [groups, channels of a group] */
    private String repeated(String perChannel, Strips x) {
        String row = g.op("Reshape", perChannel, g.longs(1, x.channels));
        return g.op("Reshape", g.op("Expand", row, g.longs(pixelsOfRow(x), x.channels)), g.longs(-1));
    }

    private static int pixelsOfRow(Strips x) {
        return Integer.lowestOneBit(x.size * x.size / x.parts.size() | ROW);
    }

    private String grouped(String path, int channels) {
        Weight weight = weights.weight(path, channels);
        long[] shape = {GROUPS, channels / GROUPS};
        return g.weight(new Weight(shape, () -> weight.read().reshape(shape)));
    }

    Strips swish(Strips x) {
        return x.map(part -> g.op("Mul", part, g.op("Sigmoid", part)));
    }

    /** Nearest neighbour, then a 3x3 convolution, as {@link VqganLayers#doubleSizeAndConv}. */
    Strips doubleSizeAndConv(Strips x, String path) {
        Weight kernel =
                weights.weight(path + "/kernel", 3, 3, x.channels, x.channels).hwioToOihw();
        return doubleSizeAndConv(x, kernel, weights.weight(path + "/bias", x.channels));
    }

    /** @param kernel float [channels, channels, 3, 3] */
    Strips doubleSizeAndConv(Strips x, Weight kernel, Weight bias) {
        Bytes bytes = bytesOfSigned(x);
        int size = 2 * x.size;
        int strips = strips(size);
        List<String> parts = new ArrayList<>();
        for (int s = 0; s < strips; s++) {
            String[] rows = new String[2];
            for (int i = 0; i < 2; i++) {
                String[] row = new String[2];
                for (int j = 0; j < 2; j++) {
                    row[j] = product(bytes, Taps.phase(x.size, strips, s, i, j), PhaseKernel.of(kernel, i, j), bias);
                }
                String pairs = g.node("Concat").in(row).set("axis", 1).out(); // [pixels, 2 * channels]
                rows[i] = g.op("Reshape", pairs, g.longs(-1, (long) size * x.channels));
            }
            String both = g.node("Concat").in(rows).set("axis", 1).out();
            parts.add(g.op("Reshape", both, g.longs(-1, x.channels)));
        }
        return new Strips(parts, x.channels, size);
    }

    private Strips conv3x3(Bytes x, String path, int from, int to) {
        Weight kernel = weights.weight(path + "/kernel", 3, 3, from, to).hwioToOihw();
        Weight bias = weights.weight(path + "/bias", to);
        int strips = strips(x.size);
        List<String> parts = new ArrayList<>();
        for (int s = 0; s < strips; s++) {
            parts.add(product(x, Taps.around(x.size, strips, s), kernel, bias));
        }
        return new Strips(parts, to, x.size);
    }

    /**
     * Each product has its own copy of the kernel: where ONNX Runtime rewrites weights, on processors without
     * instructions that multiply bytes, it cannot open a graph in which products share them.
     *
     * @param kernel float [out, in, height, width]
     * @return float [pixels, out]
     */
    private String product(Bytes x, Tensor taps, Weight kernel, Weight bias) {
        long out = kernel.shape()[0];
        long in = kernel.size() / out;
        Int8Weight integers = Int8Weight.ofConvolution(kernel);
        String rows = g.op("Gather", x.table, g.weight(Weight.of(taps)));
        return g.microsoft("MatMulIntegerToFloat")
                .in(
                        g.op("Reshape", rows, g.longs(-1, in)),
                        g.weight(integers.asMatrix()),
                        x.scale,
                        g.weight(integers.scales(out)),
                        g.uint8(x.zero),
                        g.int8(0),
                        g.weight(bias))
                .out();
    }

    private Bytes bytesOfSwish(Strips x) {
        String scale = g.op("Mul", largest(x), g.scalar(1f / (255 - SWISH_ZERO)));
        return bytes(x, g.op("Max", scale, g.scalar(SWISH_LOWEST / SWISH_ZERO)), SWISH_ZERO);
    }

    private Bytes bytesOfSigned(Strips x) {
        String largest = largest(x);
        String lowest = largest(x.map(part -> g.op("Neg", part)));
        String scale = g.op("Mul", g.op("Max", largest, lowest), g.scalar(1f / (255 - SIGNED_ZERO)));
        return bytes(x, g.op("Max", scale, g.scalar(Float.MIN_NORMAL)), SIGNED_ZERO);
    }

    private String largest(Strips x) {
        Strips all = x.map(part ->
                g.node("ReduceMax").in(part, g.longs(0, 1)).set("keepdims", 0).out());
        return all.parts.size() == 1 ? all.parts.get(0) : g.op("Max", all.parts.toArray(String[]::new));
    }

    private Bytes bytes(Strips x, String scale, int zero) {
        List<String> parts = new ArrayList<>(x.map(part -> g.op("QuantizeLinear", part, scale, g.uint8(zero))).parts);
        Tensor margin = Tensor.allocate(ElementType.UINT8, 1, x.channels);
        for (int i = 0; i < x.channels; i++) {
            margin.bytes().put(i, (byte) zero);
        }
        parts.add(g.weight(Weight.of(margin)));
        return new Bytes(concat(parts), scale, zero, x.size);
    }

    private String concat(List<String> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : g.node("Concat")
                        .in(parts.toArray(String[]::new))
                        .set("axis", 0)
                        .out();
    }
}
