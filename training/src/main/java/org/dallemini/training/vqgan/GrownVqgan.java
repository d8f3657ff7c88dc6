package org.dallemini.training.vqgan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.training.data.DataException;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;

/**
 * A VQGAN for pictures twice as high and wide, of one that is trained: it has one level more, at the new resolution,
 * and the same tokens. Before it learns anything, its decoder's pictures are the old one's, at half their size, and its
 * encoder gives nearly the old one's tokens for a picture at half its size.
 *
 * <p>Residual blocks and attention of the new level add nothing yet, for their last kernels are zero, and the decoder's
 * new convolution keeps what it is given. The decoder's last convolution finds each of its inputs four times, so it
 * weighs neighbours twice; the mean of 2 x 2 pixels is what the old one gave. The encoder's first convolution hands on
 * the pixels, shifted by up to one in each direction, and the new one that halves the picture does with them what the
 * old first convolution did with the means of 2 x 2 pixels; only the leftmost column and the topmost row of its 6 x 6
 * are out of its reach, and their neighbours stand for them.
 */
public final class GrownVqgan {
    private static final Pattern LEVEL = Pattern.compile("(?<=/(?:down|up)_)\\d+");
    private static final String FIRST = "encoder/conv_in/", HALVES = "encoder/down_0/downsample/conv/";
    private static final String LAST = "decoder/conv_out/kernel";
    private static final String KEEPS = "decoder/up_1/upsample/conv/kernel";
    private static final int KERNEL = 3;

    /**
     * For each row or column of a 3 x 3 kernel the weights of the pixels from -1 to 3, where 0 and 1 are those that
     * become one.
     */
    private static final float[][] OF_PIXELS = {{1, 0, 0, 0, 0}, {0, 0.5f, 0.5f, 0, 0}, {0, 0, 0, 0.5f, 0.5f}};

    /** For each row or column of a 3 x 3 kernel over enlarged inputs, the weights of those of the kernel before. */
    private static final float[][] OF_ENLARGED = {{2, 0, 0}, {-1, 1, -1}, {0, 0, 2}};

    private GrownVqgan() {}

    /**
     * The configuration.
     *
     * @throws DataException if such a model cannot be grown
     */
    public static VqganConfig config(VqganConfig old) {
        if (!old.resampWithConv() || old.chMult().get(0) != 1) {
            throw new DataException("only a VQGAN with resamp_with_conv, and with a ch_mult that begins with 1, can be"
                    + " grown; this one has resamp_with_conv " + old.resampWithConv() + " and ch_mult "
                    + old.chMult());
        }
        List<Integer> chMult = new ArrayList<>(old.chMult());
        chMult.add(0, 1);
        return new VqganConfig(
                old.ch(),
                chMult,
                old.numResBlocks(),
                old.attnResolutions(),
                2 * old.resolution(),
                old.zChannels(),
                old.nEmbed(),
                old.embedDim(),
                old.inChannels(),
                old.outCh(),
                true,
                old.doubleZ(),
                old.givePreEnd());
    }

    /**
     * The content of config.json.
     *
     * @param old content of the old one's
     */
    public static byte[] configFile(byte[] old, VqganConfig grown) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode file = (ObjectNode) json.readTree(old);
        file.put("resolution", grown.resolution());
        file.set("ch_mult", json.valueToTree(grown.chMult()));
        return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(file);
    }

    /**
     * The parameters.
     *
     * @param grown configuration
     * @param seed of the kernels of the new level that are not zero
     */
    public static Parameters parameters(Parameters old, VqganConfig grown, long seed, NDManager manager) {
        Parameters parameters = VqganParameters.initial(grown, seed, manager);
        Set<String> fresh = new HashSet<>(ParameterShapes.of(grown).keySet());
        try (NDManager own = manager.newSubManager()) {
            for (String name : old.names()) {
                if (!name.startsWith(FIRST)) {
                    String moved = LEVEL.matcher(name).replaceFirst(GrownVqgan::next);
                    Torch.copy(old.get(name), parameters.get(moved));
                    fresh.remove(moved);
                }
            }
            for (String name : fresh) {
                if (name.endsWith("/conv2/kernel") || name.endsWith("/proj_out/kernel")) {
                    set(parameters.get(name), new float[size(parameters, name)], own);
                }
            }
            set(parameters.get(LAST), enlarged(old.get(LAST).toFloatArray()), own);
            set(parameters.get(KEEPS), keeping(grown.ch()), own);
            set(parameters.get(FIRST + "kernel"), shifting(grown.ch(), grown.inChannels()), own);
            float[] first = old.get(FIRST + "kernel").toFloatArray();
            set(parameters.get(HALVES + "kernel"), halving(first, grown.ch(), grown.inChannels()), own);
            Torch.copy(old.get(FIRST + "bias"), parameters.get(HALVES + "bias"));
        }
        return parameters;
    }

    private static String next(MatchResult level) {
        return String.valueOf(Integer.parseInt(level.group()) + 1);
    }

    private static void set(NDArray parameter, float[] values, NDManager own) {
        Shape shape = parameter.getShape();
        Torch.copy(own.create(values, shape), parameter);
    }

    private static int size(Parameters parameters, String name) {
        return (int) parameters.get(name).size();
    }

    /** [out, in, height, width]. */
    private static int at(int out, int in, int ins, int y, int x) {
        return ((out * ins + in) * KERNEL + y) * KERNEL + x;
    }

    private static float[] keeping(int channels) {
        float[] kernel = new float[channels * channels * KERNEL * KERNEL];
        for (int channel = 0; channel < channels; channel++) {
            kernel[at(channel, channel, channels, 1, 1)] = 1;
        }
        return kernel;
    }

    private static float[] enlarged(float[] kernels) {
        float[] all = new float[kernels.length];
        for (int start = 0; start < kernels.length; start += KERNEL * KERNEL) {
            for (int y = 0; y < KERNEL; y++) {
                for (int x = 0; x < KERNEL; x++) {
                    for (int row = 0; row < KERNEL; row++) {
                        for (int column = 0; column < KERNEL; column++) {
                            all[start + y * KERNEL + x] += OF_ENLARGED[y][row]
                                    * OF_ENLARGED[x][column]
                                    * kernels[start + row * KERNEL + column];
                        }
                    }
                }
            }
        }
        return all;
    }

    /** The channel that has a colour of the pixel that lies y - 1 below and x - 1 right. */
    private static int shifted(int colour, int y, int x) {
        return (colour * KERNEL + y) * KERNEL + x;
    }

    private static float[] shifting(int channels, int colours) {
        float[] kernel = new float[channels * colours * KERNEL * KERNEL];
        for (int colour = 0; colour < colours; colour++) {
            for (int y = 0; y < KERNEL; y++) {
                for (int x = 0; x < KERNEL; x++) {
                    kernel[at(shifted(colour, y, x), colour, colours, y, x)] = 1;
                }
            }
        }
        return kernel;
    }

    /** The pixels -1 to 3 lie in the taps 0 to 2 of what was shifted by -1, 0 or 1. */
    private static float[] halving(float[] first, int channels, int colours) {
        float[] kernel = new float[channels * channels * KERNEL * KERNEL];
        for (int out = 0; out < channels; out++) {
            for (int colour = 0; colour < colours; colour++) {
                for (int y = 0; y < OF_PIXELS[0].length; y++) {
                    for (int x = 0; x < OF_PIXELS[0].length; x++) {
                        float sum = 0;
                        for (int row = 0; row < KERNEL; row++) {
                            for (int column = 0; column < KERNEL; column++) {
                                sum += first[at(out, colour, colours, row, column)]
                                        * OF_PIXELS[row][y]
                                        * OF_PIXELS[column][x];
                            }
                        }
                        int tapY = y / 2;
                        int tapX = x / 2;
                        kernel[at(out, shifted(colour, y - tapY, x - tapX), channels, tapY, tapX)] = sum;
                    }
                }
            }
        }
        return kernel;
    }
}
