package org.dallemini.training.vqgan;

import java.util.List;
import org.dallemini.training.run.Initial;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;

/**
 * Taming-transformers' PatchGAN (Isola et al. 2017): says of each patch of a picture how real it looks. 4x4
 * convolutions, BatchNorm, LeakyReLU; weights begin normal with a deviation of 0.02. It is part of training alone, not
 * of the model.
 */
final class PatchDiscriminator {
    private static final String PREFIX = "discriminator/";
    private static final int KERNEL = 4;
    private static final double DEVIATION = 0.02;

    /** Channels of the layers, and by what each shrinks its picture. */
    private static final List<Integer> CHANNELS = List.of(3, 64, 128, 256, 512, 1);

    private static final List<Integer> STRIDES = List.of(2, 2, 2, 1, 1);

    private PatchDiscriminator() {}

    /** Adds its parameters to those of a VQGAN. */
    static void addTo(Parameters parameters, long seed) {
        Initial initial = new Initial(seed);
        for (int layer = 0; layer < STRIDES.size(); layer++) {
            int out = CHANNELS.get(layer + 1);
            long[] shape = {out, CHANNELS.get(layer), KERNEL, KERNEL};
            String kernel = PREFIX + layer + "/kernel";
            parameters.add(kernel, initial.normal(kernel, shape, DEVIATION), shape);
            parameters.add(PREFIX + layer + "/bias", new float[out], out);
            if (hasNorm(layer)) {
                parameters.add(
                        PREFIX + layer + "/norm/scale", initial.normalOrNorm("/scale", new long[] {out}, 0), out);
                parameters.add(PREFIX + layer + "/norm/bias", new float[out], out);
            }
        }
    }

    private static boolean hasNorm(int layer) {
        return layer > 0 && layer < STRIDES.size() - 1;
    }

    /**
     * Logits of patches.
     *
     * @param fixed whether it is only asked, and does not learn from what follows
     */
    static String logits(Program p, String x, boolean fixed) {
        for (int layer = 0; layer < STRIDES.size(); layer++) {
            int stride = STRIDES.get(layer);
            x = p.op(
                    "torch.conv2d(%s, %s, %s, [%d, %d], [1, 1], [1, 1], 1)",
                    x, parameter(p, layer + "/kernel", fixed), parameter(p, layer + "/bias", fixed), stride, stride);
            if (hasNorm(layer)) {
                x = p.op(
                        "torch.batch_norm(%s, %s, %s, None, None, True, 0.1, 1.0e-05, False)",
                        x, parameter(p, layer + "/norm/scale", fixed), parameter(p, layer + "/norm/bias", fixed));
            }
            if (layer < STRIDES.size() - 1) {
                x = p.op("torch.leaky_relu(%s, 0.2)", x);
            }
        }
        return x;
    }

    private static String parameter(Program p, String name, boolean fixed) {
        String parameter = p.parameter(PREFIX + name);
        return fixed ? p.op("torch.detach(%s)", parameter) : parameter;
    }

    /** How it is to learn: hinge loss of what is real and of what is not. */
    static String hinge(Program p, String real, String made) {
        String ofReal = p.op("torch.mean(torch.relu(torch.rsub(%s, 1.)))", logits(p, real, false));
        String ofMade =
                p.op("torch.mean(torch.relu(torch.add(%s, 1.)))", logits(p, p.op("torch.detach(%s)", made), false));
        return p.op("torch.mul(torch.add(%s, %s), 0.5)", ofReal, ofMade);
    }
}
