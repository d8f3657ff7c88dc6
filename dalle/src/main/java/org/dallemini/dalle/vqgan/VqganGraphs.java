package org.dallemini.dalle.vqgan;

import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.onnx.Graph.INT64;
import static org.dallemini.dalle.onnx.Graph.UINT8;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;

/**
 * Builds the ONNX graphs of a VQGAN (Esser, Rombach, Ommer: "Taming Transformers for High-Resolution Image Synthesis",
 * 2021) from its Flax checkpoint, after {@code VQModel} of vqgan-jax. N is the number of images, L = rows * columns the
 * tokens of an image, H and W its pixels.
 */
public final class VqganGraphs {
    public static final String DECODER = "vqgan-decoder";
    public static final String ENCODER = "vqgan-encoder";

    /** Inputs and outputs. */
    static final String INDICES = "indices", PIXELS = "pixels", PIXELS_FLOAT = "pixels_float";

    static final String IMAGES = "images", ENCODED = "encoded", QUANTISED = "quantised";

    private VqganGraphs() {}

    /**
     * {@code VQModel.decode_code}, and the clipping and rounding that follow it in the original's notebook.
     *
     * <pre>
     * in:  indices      int64 [N, L]        rows of the codebook
     * out: pixels_float float [N, H, W, 3]  0 is black, 1 is white; not clipped
     *      pixels       uint8 [N, H, W, 3]  the same clipped to 0..1, times 255, truncated
     * </pre>
     *
     * @param precision of the convolutions: FP32 or INT8, with which N must be 1
     */
    public static Graph decoder(VqganConfig config, FlaxCheckpoint weights, Precision precision) throws IOException {
        Graph g = new Graph(DECODER);
        VqganLayers layers = new VqganLayers(g, weights);
        int levels = config.levels();
        int size = config.gridSize();
        int channels = config.ch() * config.chMult().get(levels - 1);

        String indices = g.input(INDICES, INT64, "N", size * size);
        String x = g.op("Gather", layers.codebook(config.nEmbed(), config.embedDim()), indices);
        x = g.node("Transpose").in(x).set("perm", 0, 2, 1).out();
        x = g.op("Reshape", x, g.longs(0, config.embedDim(), size, size));
        x = layers.conv1x1(x, "post_quant_conv", config.embedDim(), config.zChannels());
        x = layers.conv3x3(x, "decoder/conv_in", config.zChannels(), channels);
        x = switch (precision) {
            case FP32 -> up(config, layers, x);
            case INT8 -> up(config, layers, new ByteLayers(g, weights), x);
            case INT4, INT8_ROWS ->
                throw new IllegalArgumentException(
                        "a VQGAN has no arithmetic " + precision.key() + "; use fp32 or int8");
        };
        channels = config.ch() * config.chMult().get(0);
        size = config.resolution();
        x = layers.conv3x3(x, "decoder/conv_out", channels, config.outCh());
        x = g.node("Transpose").in(x).set("perm", 0, 2, 3, 1).out();
        g.output(x, PIXELS_FLOAT, FLOAT, "N", size, size, config.outCh());
        x = g.op("Mul", g.op("Clip", x, g.scalar(0), g.scalar(1)), g.scalar(255));
        x = g.node("Cast").in(x).set("to", UINT8).out();
        g.output(x, PIXELS, UINT8, "N", size, size, config.outCh());
        return g;
    }

    /** The middle and the levels of the decoder, and the norm and swish after them. */
    private static String up(VqganConfig config, VqganLayers layers, String x) {
        int size = config.gridSize();
        int channels = config.ch() * config.chMult().get(config.levels() - 1);
        x = layers.middle(x, "decoder/mid", channels, size);
        for (int level = config.levels() - 1; level >= 0; level--) {
            String path = "decoder/up_" + level;
            int wanted = config.ch() * config.chMult().get(level);
            for (int block = 0; block <= config.numResBlocks(); block++) {
                x = layers.residual(x, path + "/block_" + block, channels, wanted, size);
                channels = wanted;
                if (config.attnResolutions().contains(size)) {
                    x = layers.attention(x, path + "/attn_" + block, channels, size);
                }
            }
            if (level > 0) {
                x = config.resampWithConv()
                        ? layers.doubleSizeAndConv(x, path + "/upsample/conv", channels, size)
                        : layers.doubleSize(x);
                size *= 2;
            }
        }
        return layers.swish(layers.norm(x, "decoder/norm_out", channels, size));
    }

    /** The same with 8-bit convolutions. */
    private static String up(VqganConfig config, VqganLayers floats, ByteLayers bytes, String image) {
        int size = config.gridSize();
        int channels = config.ch() * config.chMult().get(config.levels() - 1);
        ByteLayers.Strips x = bytes.middle(bytes.strips(image, channels, size), "decoder/mid", floats);
        for (int level = config.levels() - 1; level >= 0; level--) {
            String path = "decoder/up_" + level;
            channels = config.ch() * config.chMult().get(level);
            for (int block = 0; block <= config.numResBlocks(); block++) {
                x = bytes.residual(x, path + "/block_" + block, channels);
                if (config.attnResolutions().contains(size)) {
                    x = bytes.attention(x, path + "/attn_" + block, floats);
                }
            }
            if (level > 0) {
                x = config.resampWithConv()
                        ? bytes.doubleSizeAndConv(x, path + "/upsample/conv")
                        : bytes.strips(floats.doubleSize(bytes.image(x)), channels, 2 * size);
                size *= 2;
            }
        }
        return bytes.image(bytes.swish(bytes.norm(x, "decoder/norm_out")));
    }

    /**
     * {@code VQModel.encode}.
     *
     * <pre>
     * in:  images    float [N, H, W, 3]              0 is black, 1 is white
     * out: encoded   float [N, rows, columns, width] before the codebook
     *      indices   int64 [N, L]                    nearest rows of the codebook; of equally near ones the first
     *      quantised float [N, rows, columns, width] these rows
     * </pre>
     */
    public static Graph encoder(VqganConfig config, FlaxCheckpoint weights) throws IOException {
        Graph g = new Graph(ENCODER);
        VqganLayers layers = new VqganLayers(g, weights);
        int levels = config.levels();
        int size = config.resolution();
        int channels = config.ch();

        String x = g.input(IMAGES, FLOAT, "N", size, size, config.inChannels());
        x = g.node("Transpose").in(x).set("perm", 0, 3, 1, 2).out();
        x = layers.conv3x3(x, "encoder/conv_in", config.inChannels(), channels);
        for (int level = 0; level < levels; level++) {
            String path = "encoder/down_" + level;
            int wanted = config.ch() * config.chMult().get(level);
            for (int block = 0; block < config.numResBlocks(); block++) {
                x = layers.residual(x, path + "/block_" + block, channels, wanted, size);
                channels = wanted;
                if (config.attnResolutions().contains(size)) {
                    x = layers.attention(x, path + "/attn_" + block, channels, size);
                }
            }
            if (level < levels - 1) {
                x = config.resampWithConv()
                        ? layers.halveByConv(x, path + "/downsample/conv", channels)
                        : layers.halveByAverage(x);
                size /= 2;
            }
        }
        x = layers.middle(x, "encoder/mid", channels, size);
        x = layers.swish(layers.norm(x, "encoder/norm_out", channels, size));
        x = layers.conv3x3(x, "encoder/conv_out", channels, config.zChannels());
        x = layers.conv1x1(x, "quant_conv", config.zChannels(), config.embedDim());
        x = g.node("Transpose").in(x).set("perm", 0, 2, 3, 1).out();
        g.output(x, ENCODED, FLOAT, "N", size, size, config.embedDim());

        String codebook = layers.codebook(config.nEmbed(), config.embedDim());
        String nearest = layers.nearest(x, codebook, config.embedDim());
        nearest = g.op("Reshape", nearest, g.longs(-1, (long) size * size));
        g.output(nearest, INDICES, INT64, "N", size * size);
        String rows = g.op("Gather", codebook, nearest);
        rows = g.op("Reshape", rows, g.longs(-1, size, size, config.embedDim()));
        g.output(rows, QUANTISED, FLOAT, "N", size, size, config.embedDim());
        return g;
    }

    /** Opens a prepared graph for a predictor. */
    static Model open(Path graph, Sessions sessions) throws IOException {
        try {
            return sessions.openDjl(graph);
        } catch (OrtException | MalformedModelException e) {
            throw new ModelException(
                    "ONNX Runtime cannot open the prepared graph " + graph + ": " + e.getMessage()
                            + "; delete the folder to have it prepared again",
                    e);
        }
    }
}
