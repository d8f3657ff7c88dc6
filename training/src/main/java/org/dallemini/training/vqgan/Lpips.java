package org.dallemini.training.vqgan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.training.run.WeightsFile;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;

/**
 * The perceptual loss of the original (LPIPS, Zhang et al. 2018): how far two pictures are apart in the layers of a
 * VGG16, whose weights have to be given. A safetensors file with torchvision's {@code features.N.weight} and
 * {@code features.N.bias} of its 13 convolutions, [out, in, 3, 3] and [out], and {@code lin0.weight} to
 * {@code lin4.weight}, [1, channels, 1, 1], saved with the metadata {@code {"format": "flax"}}. They do not learn.
 */
final class Lpips {
    private static final String PREFIX = "lpips/";

    /** Numbers of the convolutions in torchvision's list, by block. */
    private static final List<List<Integer>> BLOCKS =
            List.of(List.of(0, 2), List.of(5, 7), List.of(10, 12, 14), List.of(17, 19, 21), List.of(24, 26, 28));

    private static final String SHIFT = "[-0.030, -0.088, -0.188]", SCALE = "[0.458, 0.448, 0.450]";

    private Lpips() {}

    /**
     * Adds the weights to the parameters of a VQGAN.
     *
     * @throws org.dallemini.dalle.model.ModelException if one is missing
     */
    static void addTo(Parameters parameters, Path file) throws IOException {
        try (FlaxCheckpoint weights = FlaxCheckpoint.openFile(file)) {
            for (int block = 0; block < BLOCKS.size(); block++) {
                for (int layer : BLOCKS.get(block)) {
                    add(parameters, weights, "features/" + layer + "/weight");
                    add(parameters, weights, "features/" + layer + "/bias");
                }
                add(parameters, weights, "lin" + block + "/weight");
            }
        }
    }

    private static void add(Parameters parameters, FlaxCheckpoint weights, String name) throws IOException {
        Weight weight = weights.weight(name);
        parameters.add(PREFIX + name, WeightsFile.floats(weight.read()), weight.shape());
    }

    /** Whether a parameter is one of these. */
    static boolean owns(String name) {
        return name.startsWith(PREFIX);
    }

    /** The mean distance of pictures x and y, [N, 3, size, size] of 0 to 1. */
    static String distance(Program p, String x, String y) {
        String a = scaled(p, x);
        String b = scaled(p, y);
        String sum = "";
        for (int block = 0; block < BLOCKS.size(); block++) {
            a = block(p, a, block);
            b = block(p, b, block);
            String difference = p.op("torch.square(torch.sub(%s, %s))", normalized(p, a), normalized(p, b));
            String weighted = p.op("torch.conv2d(%s, %s)", difference, parameter(p, "lin" + block + "/weight"));
            String mean = p.op("torch.mean(%s)", weighted);
            sum = block == 0 ? mean : p.op("torch.add(%s, %s)", sum, mean);
        }
        return sum;
    }

    /** From 0..1 to -1..1, and from there to what the VGG16 was trained on. */
    private static String scaled(Program p, String x) {
        String centred = p.op("torch.sub(torch.mul(%s, 2), 1)", x);
        String shift = p.op("torch.reshape(torch.tensor(%s), [1, 3, 1, 1])", SHIFT);
        String scale = p.op("torch.reshape(torch.tensor(%s), [1, 3, 1, 1])", SCALE);
        return p.op("torch.div(torch.sub(%s, %s), %s)", centred, shift, scale);
    }

    private static String block(Program p, String x, int block) {
        if (block > 0) {
            x = p.op("torch.max_pool2d(%s, [2, 2], [2, 2])", x);
        }
        for (int layer : BLOCKS.get(block)) {
            x = p.op(
                    "torch.relu(torch.conv2d(%s, %s, %s, [1, 1], [1, 1], [1, 1], 1))",
                    x, parameter(p, "features/" + layer + "/weight"), parameter(p, "features/" + layer + "/bias"));
        }
        return x;
    }

    /** Of length 1 at each place. */
    private static String normalized(Program p, String x) {
        return p.op("torch.div(%s, torch.add(torch.sqrt(torch.sum(torch.square(%s), [1], True)), 1.0e-10))", x, x);
    }

    private static String parameter(Program p, String name) {
        return p.op("torch.detach(%s)", p.parameter(PREFIX + name));
    }
}
