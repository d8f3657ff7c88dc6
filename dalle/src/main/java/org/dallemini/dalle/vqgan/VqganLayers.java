package org.dallemini.dalle.vqgan;

import java.util.Arrays;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.onnx.Graph;

/**
 * The layers of a VQGAN as ONNX operators. Values are [N, channels, size, size], where Flax has [N, size, size,
 * channels]. A path names a module in the checkpoint.
 */
final class VqganLayers {
    private static final int GROUPS = VqganConfig.NORM_GROUPS;
    static final float EPSILON = 1e-6f;

    private final Graph g;
    private final FlaxCheckpoint weights;

    VqganLayers(Graph g, FlaxCheckpoint weights) {
        this.g = g;
        this.weights = weights;
    }

    /** The codebook, [rows, width]. */
    String codebook(int rows, int width) {
        return g.weight(weights.weight("quantize/embedding/embedding", rows, width));
    }

    /**
     * For each of the vectors x [..., width] the nearest row e of the codebook: the first minimum of |x|² + |e|² - 2
     * x·e, which is calculated in the original's order, for rounding decides between rows that are almost equally near.
     */
    String nearest(String x, String codebook, int width) {
        x = g.op("Reshape", x, g.longs(-1, width));
        String lengths = g.op("Add", squaredLength(x, 1), squaredLength(codebook, 0));
        String products =
                g.node("Gemm").in(x, codebook).set("transB", 1).set("alpha", 2f).out();
        return g.node("ArgMin")
                .in(g.op("Sub", lengths, products))
                .set("axis", 1)
                .set("keepdims", 0)
                .out();
    }

    private String squaredLength(String rows, long keepDimension) {
        return g.node("ReduceSumSquare")
                .in(rows, g.longs(1))
                .set("keepdims", keepDimension)
                .out();
    }

    /** {@code MidBlock}. */
    String middle(String x, String path, int channels, int size) {
        x = residual(x, path + "/block_1", channels, channels, size);
        x = attention(x, path + "/attn_1", channels, size);
        return residual(x, path + "/block_2", channels, channels, size);
    }

    /** {@code ResnetBlock}: the shortcut is a 1x1 convolution where the number of channels changes. */
    String residual(String x, String path, int channels, int wanted, int size) {
        String h = swish(norm(x, path + "/norm1", channels, size));
        h = conv3x3(h, path + "/conv1", channels, wanted);
        h = swish(norm(h, path + "/norm2", wanted, size));
        h = conv3x3(h, path + "/conv2", wanted, wanted);
        return g.op("Add", h, channels == wanted ? x : conv1x1(x, path + "/nin_shortcut", channels, wanted));
    }

    /** {@code AttnBlock}: one head over all positions. */
    String attention(String x, String path, int channels, int size) {
        String h = norm(x, path + "/norm", channels, size);
        String query = flat(conv1x1(h, path + "/q", channels, channels)); // [N, C, size * size]
        String key = flat(conv1x1(h, path + "/k", channels, channels));
        String value = flat(conv1x1(h, path + "/v", channels, channels));
        String scores = g.op("MatMul", swapped(query), key); // [N, queries, keys]
        scores = g.op("Mul", scores, g.scalar((float) (1 / Math.sqrt(channels))));
        String shares = g.node("Softmax").in(scores).set("axis", -1).out();
        h = g.op("Reshape", g.op("MatMul", value, swapped(shares)), g.longs(0, 0, size, size));
        return g.op("Add", conv1x1(h, path + "/proj_out", channels, channels), x);
    }

    private String flat(String x) {
        return g.op("Reshape", x, g.longs(0, 0, -1));
    }

    private String swapped(String x) {
        return g.node("Transpose").in(x).set("perm", 0, 2, 1).out();
    }

    /** x * sigmoid(x); ONNX Runtime fuses the two. */
    String swish(String x) {
        return g.op("Mul", x, g.op("Sigmoid", x));
    }

    /**
     * GroupNorm as InstanceNormalization over the groups, then scale and bias of the channels. ONNX Runtime has no
     * kernel for the operator GroupNormalization: it takes it apart into more passes over memory than these.
     */
    String norm(String x, String path, int channels, int size) {
        float[] ones = new float[GROUPS];
        Arrays.fill(ones, 1);
        String groups = g.op("Reshape", x, g.longs(0, GROUPS, -1));
        String normal = g.node("InstanceNormalization")
                .in(groups, g.floats(ones), g.floats(new float[GROUPS]))
                .set("epsilon", EPSILON)
                .out();
        normal = g.op("Reshape", normal, g.longs(0, channels, size, size));
        String scale = g.weight(perChannel(path + "/scale", channels));
        String bias = g.weight(perChannel(path + "/bias", channels));
        return g.op("Add", g.op("Mul", normal, scale), bias);
    }

    private Weight perChannel(String path, int channels) {
        Weight weight = weights.weight(path, channels);
        return new Weight(new long[] {channels, 1, 1}, () -> weight.read().reshape(channels, 1, 1));
    }

    String conv1x1(String x, String path, int from, int to) {
        return conv(x, path, 1, from, to, 1, 0, 0);
    }

    String conv3x3(String x, String path, int from, int to) {
        return conv(x, path, 3, from, to, 1, 1, 1);
    }

    /**
     * {@link #doubleSize} and a 3x3 convolution in one, with 4/9 of the multiplications: the pixels of the large image
     * that have the same place among the four of theirs see 2x2 pixels of the small image, each with the sum of those
     * elements of the kernel that fall on it.
     *
     * @param size of x
     */
    String doubleSizeAndConv(String x, String path, int channels, int size) {
        Weight kernel =
                weights.weight(path + "/kernel", 3, 3, channels, channels).hwioToOihw();
        Weight bias = weights.weight(path + "/bias", channels);
        String[] rows = new String[2];
        for (int i = 0; i < 2; i++) {
            String[] row = new String[2];
            for (int j = 0; j < 2; j++) {
                Weight sums = PhaseKernel.of(kernel, i, j);
                String phase = conv(x, sums, bias, 1, 1 - i, 1 - j, i, j);
                row[j] = g.op("Reshape", phase, g.longs(0, 0, 0, 0, 1));
            }
            rows[i] = g.op("Reshape", g.node("Concat").in(row).set("axis", 4).out(), g.longs(0, 0, 0, 1, -1));
        }
        return g.op(
                "Reshape", g.node("Concat").in(rows).set("axis", 3).out(), g.longs(0, channels, 2 * size, 2 * size));
    }

    /** Nearest neighbour: each pixel becomes four. */
    String doubleSize(String x) {
        return g.node("Resize")
                .in(x, "", g.floats(1, 1, 2, 2))
                .set("mode", "nearest")
                .set("coordinate_transformation_mode", "asymmetric")
                .set("nearest_mode", "floor")
                .out();
    }

    /** {@code Downsample} with convolution: zeros are added at the bottom and the right only. */
    String halveByConv(String x, String path, int channels) {
        return conv(x, path, 3, channels, channels, 2, 0, 1);
    }

    String halveByAverage(String x) {
        return g.node("AveragePool")
                .in(x)
                .set("kernel_shape", 2, 2)
                .set("strides", 2, 2)
                .out();
    }

    /** @param before zeros added at the top and the left; {@code after} at the bottom and the right */
    private String conv(String x, String path, int kernel, int from, int to, int stride, int before, int after) {
        Weight weight =
                weights.weight(path + "/kernel", kernel, kernel, from, to).hwioToOihw();
        return conv(x, weight, weights.weight(path + "/bias", to), stride, before, before, after, after);
    }

    private String conv(String x, Weight kernel, Weight bias, int stride, int top, int left, int bottom, int right) {
        return g.node("Conv")
                .in(x, g.weight(kernel), g.weight(bias))
                .set("pads", top, left, bottom, right)
                .set("strides", stride, stride)
                .out();
    }
}
