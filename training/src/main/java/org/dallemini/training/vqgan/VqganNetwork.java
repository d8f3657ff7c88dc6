package org.dallemini.training.vqgan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;
import org.jspecify.annotations.Nullable;

/**
 * A VQGAN as taming-transformers trains it and vqgan-jax has it: encoder, nearest rows of the codebook with a
 * straight-through gradient, decoder. Pictures are [N, 3, size, size] of 0 to 1. Parameters have the names of Flax;
 * kernels of convolutions are [out, in, height, width] as PyTorch wants them.
 *
 * <p>The loss of a picture x and its reconstruction y is |x - y| + (x - y)² + edges, the mean absolute difference of
 * the slopes of x and y, at full, half and quarter size, and the codebook's: (e - sg z)² + commitment * (z - sg e)².
 * The edges stand for the perceptual loss of the original, whose network has to be downloaded ({@link Lpips}): what an
 * eye misses first in flat drawings is sharp borders in the right place, and slopes say where these are.
 */
public final class VqganNetwork {
    private static final int GROUPS = VqganConfig.NORM_GROUPS;
    private static final double EPSILON = 1e-6;
    private static final int EDGE_SCALES = 3;

    private final VqganConfig config;
    private final LossWeights weights;
    private final boolean decoderOnly;
    private final Dtype dtype;
    private final Program.Compiled training;
    private final Program.@Nullable Compiled adversarial;
    private final Program.Compiled reconstruction;
    private final Program.@Nullable Compiled quantised;

    /**
     * Weights of the parts of the loss beside |x - y|, which has 1.
     *
     * @param squared of (x - y)²
     * @param edges of the slopes
     * @param commitment of the distance of what the encoder gives to the codebook's row
     * @param adversarial of what the discriminator says; 0 for none
     * @param perceptual of LPIPS; 0 for none
     */
    public record LossWeights(double squared, double edges, double commitment, double adversarial, double perceptual) {
        public static final LossWeights DEFAULTS = new LossWeights(1, 1, 0.25, 0, 0);
    }

    /**
     * What a step gives.
     *
     * @param total a scalar, to be minimised
     * @param parts scalars in the order of {@link #PARTS}
     * @param tokens that were chosen, int64 [N * grid * grid]
     * @param encoded what the encoder gave, [N * grid * grid, width of the codebook]
     */
    public record Losses(NDArray total, List<NDArray> parts, NDArray tokens, NDArray encoded) {}

    /** Names of the parts of the loss. */
    public static final List<String> PARTS =
            List.of("absolute", "squared", "edges", "perceptual", "codebook", "discriminator");

    /**
     * @param decoderOnly whether encoder and codebook stay as they are
     * @param dtype of encoder and decoder; codebook, losses, discriminator and LPIPS are float32
     * @param manager of the compiled programs
     */
    public VqganNetwork(VqganConfig config, LossWeights weights, boolean decoderOnly, Dtype dtype, NDManager manager) {
        this.config = config;
        this.weights = weights;
        this.decoderOnly = decoderOnly;
        this.dtype = dtype;
        training = training(manager, false);
        adversarial = weights.adversarial > 0 ? training(manager, true) : null;
        reconstruction = reconstruction(manager);
        quantised = decoderOnly ? quantised(manager) : null;
    }

    /**
     * The losses for pictures [N, 3, size, size] of 0 to 1.
     *
     * @param judged whether the discriminator takes part, if there is one
     */
    public Losses losses(Parameters p, NDArray pictures, boolean judged) {
        Program.Compiled program = judged && adversarial != null ? adversarial : training;
        List<NDArray> results = quantised == null
                ? program.run(p, pictures)
                : program.run(p, pictures, quantised.apply(p, pictures).stopGradient());
        int parts = PARTS.size();
        return new Losses(
                results.get(0), results.subList(1, 1 + parts), results.get(1 + parts), results.get(2 + parts));
    }

    /** Pictures as they come back; not clipped. */
    public NDArray reconstruct(Parameters p, NDArray pictures) {
        return reconstruction.apply(p, pictures);
    }

    private Program.Compiled training(NDManager manager, boolean judged) {
        Program p = new Program(dtype);
        String x = p.input("x");
        String book = p.parameter("quantize/embedding/embedding");
        String z;
        String tokens;
        String rows;
        if (decoderOnly) {
            tokens = p.input("tokens");
            rows = p.op("torch.detach(torch.embedding(%s, %s))", book, tokens);
            z = rows;
        } else {
            z = encoded(p, x);
            tokens = nearest(p, z, book);
            rows = p.op("torch.embedding(%s, %s)", book, tokens);
        }
        String y = decoded(p, p.op("torch.add(%s, torch.detach(torch.sub(%s, %s)))", z, rows, z));
        String absolute = p.op("torch.mean(torch.abs(torch.sub(%s, %s)))", x, y);
        String squared = p.op("torch.mse_loss(%s, %s)", y, x);
        String edges = edges(p, x, y);
        String perceptual = weights.perceptual > 0 ? Lpips.distance(p, x, y) : p.op("torch.zeros_like(%s)", edges);
        String codebook = p.op("torch.mse_loss(%s, torch.detach(%s))", rows, z);
        String commitment = p.op("torch.mse_loss(%s, torch.detach(%s))", z, rows);
        String total = p.op("torch.add(%s, %s, alpha=%s)", absolute, squared, weights.squared);
        total = p.op("torch.add(%s, %s, alpha=%s)", total, edges, weights.edges);
        total = p.op("torch.add(%s, %s, alpha=%s)", total, perceptual, weights.perceptual);
        total = p.op("torch.add(%s, %s)", total, codebook);
        total = p.op("torch.add(%s, %s, alpha=%s)", total, commitment, weights.commitment);
        String hinge = p.op("torch.zeros_like(%s)", total);
        if (judged) {
            String reality = p.op("torch.mean(%s)", PatchDiscriminator.logits(p, y, true));
            hinge = PatchDiscriminator.hinge(p, x, y);
            total = p.op(
                    "torch.add(%s, %s)",
                    p.op("torch.sub(%s, %s, alpha=%s)", total, reality, weights.adversarial), hinge);
        }
        return p.returning(
                manager,
                total,
                absolute,
                squared,
                edges,
                perceptual,
                codebook,
                hinge,
                tokens,
                p.op("torch.detach(%s)", z));
    }

    /** Pictures to tokens in float32, as 'train encode' and the pipeline have them. */
    private Program.Compiled quantised(NDManager manager) {
        Program p = new Program();
        return p.returning(manager, nearest(p, encoded(p, p.input("x")), p.parameter("quantize/embedding/embedding")));
    }

    private Program.Compiled reconstruction(NDManager manager) {
        Program p = new Program(dtype);
        String book = p.parameter("quantize/embedding/embedding");
        String tokens = nearest(p, encoded(p, p.input("x")), book);
        return p.returning(manager, decoded(p, p.op("torch.embedding(%s, %s)", book, tokens)));
    }

    /** The numbers of the rows that are nearest to z, [rows]. */
    private static String nearest(Program p, String z, String book) {
        String lengths = p.op("torch.sum(torch.mul(%s, %s), [1])", book, book);
        String products = p.op("torch.matmul(%s, torch.t(%s))", z, book);
        return p.op("torch.argmin(torch.detach(torch.sub(%s, %s, alpha=2)), 1)", lengths, products);
    }

    /** Pictures to vectors [N * grid * grid, width of the codebook]. */
    private String encoded(Program p, String x) {
        int size = config.resolution();
        int channels = config.ch();
        String h = conv3x3(p, p.lowered(x), "encoder/conv_in", 1);
        for (int level = 0; level < config.levels(); level++) {
            String path = "encoder/down_" + level;
            int wanted = channels(level);
            for (int i = 0; i < config.numResBlocks(); i++) {
                h = residual(p, h, path + "/block_" + i, channels, wanted);
                channels = wanted;
                if (config.attnResolutions().contains(size)) {
                    h = attention(p, h, path + "/attn_" + i, channels, size);
                }
            }
            if (level < config.levels() - 1) {
                h = halved(p, h, path);
                size /= 2;
            }
        }
        h = middle(p, h, "encoder/mid", channels, size);
        h = conv3x3(p, normed(p, h, "encoder/norm_out", true), "encoder/conv_out", 1);
        h = p.raised(conv1x1(p, h, "quant_conv"));
        return p.op("torch.reshape(torch.permute(%s, [0, 2, 3, 1]), [-1, %d])", h, config.embedDim());
    }

    /** The way back, to [N, 3, size, size]. */
    private String decoded(Program p, String rows) {
        int size = config.gridSize();
        int channels = channels(config.levels() - 1);
        String h = p.op(
                "torch.contiguous(torch.permute(torch.reshape(%s, [-1, %d, %d, %d]), [0, 3, 1, 2]))",
                p.lowered(rows), size, size, config.embedDim());
        h = conv3x3(p, conv1x1(p, h, "post_quant_conv"), "decoder/conv_in", 1);
        h = middle(p, h, "decoder/mid", channels, size);
        for (int level = config.levels() - 1; level >= 0; level--) {
            String path = "decoder/up_" + level;
            int wanted = channels(level);
            for (int i = 0; i <= config.numResBlocks(); i++) {
                h = residual(p, h, path + "/block_" + i, channels, wanted);
                channels = wanted;
                if (config.attnResolutions().contains(size)) {
                    h = attention(p, h, path + "/attn_" + i, channels, size);
                }
            }
            if (level > 0) {
                size *= 2;
                h = p.op("torch.upsample_nearest2d(%s, [%d, %d], None, None)", h, size, size);
                h = config.resampWithConv() ? conv3x3(p, h, path + "/upsample/conv", 1) : h;
            }
        }
        h = normed(p, h, "decoder/norm_out", true);
        return p.raised(conv3x3(p, h, "decoder/conv_out", 1));
    }

    private int channels(int level) {
        return config.ch() * config.chMult().get(level);
    }

    /** Zeros are added at the bottom and the right only. */
    private String halved(Program p, String h, String path) {
        if (!config.resampWithConv()) {
            return p.op("torch.avg_pool2d(%s, [2, 2], [2, 2])", h);
        }
        String padded = p.op("torch.constant_pad_nd(%s, [0, 1, 0, 1], 0)", h);
        return conv(p, padded, path + "/downsample/conv", 2, 0);
    }

    private static String middle(Program p, String h, String path, int channels, int size) {
        h = residual(p, h, path + "/block_1", channels, channels);
        h = attention(p, h, path + "/attn_1", channels, size);
        return residual(p, h, path + "/block_2", channels, channels);
    }

    private static String residual(Program p, String x, String path, int channels, int wanted) {
        String h = conv3x3(p, normed(p, x, path + "/norm1", true), path + "/conv1", 1);
        h = conv3x3(p, normed(p, h, path + "/norm2", true), path + "/conv2", 1);
        return p.op("torch.add(%s, %s)", channels == wanted ? x : conv1x1(p, x, path + "/nin_shortcut"), h);
    }

    /** One head over all positions. */
    private static String attention(Program p, String x, String path, int channels, int size) {
        String h = normed(p, x, path + "/norm", false);
        String flat = "torch.unsqueeze(torch.transpose(torch.reshape(%s, [-1, " + channels + ", " + size * size
                + "]), 1, 2), 1)";
        String query = p.op(flat, conv1x1(p, h, path + "/q"));
        String key = p.op(flat, conv1x1(p, h, path + "/k"));
        String value = p.op(flat, conv1x1(p, h, path + "/v"));
        String attention = p.op("torch.scaled_dot_product_attention(%s, %s, %s, None, 0., False)", query, key, value);
        attention = p.op(
                "torch.reshape(torch.transpose(torch.squeeze(%s, 1), 1, 2), [-1, %d, %d, %d])",
                attention, channels, size, size);
        return p.op("torch.add(%s, %s)", x, conv1x1(p, attention, path + "/proj_out"));
    }

    /** GroupNorm, then swish if wanted. */
    private static String normed(Program p, String x, String path, boolean swish) {
        String y = p.op(
                "torch.group_norm(%s, %d, %s, %s, %e)",
                x, GROUPS, p.weight(path + "/scale"), p.weight(path + "/bias"), EPSILON);
        return swish ? p.op("torch.silu(%s)", y) : y;
    }

    private static String conv3x3(Program p, String x, String path, int stride) {
        return conv(p, x, path, stride, 1);
    }

    private static String conv1x1(Program p, String x, String path) {
        return conv(p, x, path, 1, 0);
    }

    private static String conv(Program p, String x, String path, int stride, int padding) {
        return p.op(
                "torch.conv2d(%s, %s, %s, [%d, %d], [%d, %d], [1, 1], 1)",
                x, p.weight(path + "/kernel"), p.weight(path + "/bias"), stride, stride, padding, padding);
    }

    private static String edges(Program p, String x, String y) {
        String difference = p.op("torch.sub(%s, %s)", y, x);
        String sum = "";
        for (int scale = 0; scale < EDGE_SCALES; scale++) {
            for (int axis = 2; axis <= 3; axis++) {
                String slope = p.op(
                        "torch.sub(torch.slice(%s, %d, 1), torch.slice(%s, %d, 0, -1))",
                        difference, axis, difference, axis);
                String mean = p.op("torch.mean(torch.abs(%s))", slope);
                sum = sum.isEmpty() ? mean : p.op("torch.add(%s, %s)", sum, mean);
            }
            difference = p.op("torch.avg_pool2d(%s, [2, 2], [2, 2])", difference);
        }
        return p.op("torch.div(%s, %d)", sum, 2 * EDGE_SCALES);
    }
}
