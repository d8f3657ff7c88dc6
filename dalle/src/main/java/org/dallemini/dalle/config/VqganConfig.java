package org.dallemini.dalle.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.UnsupportedModelException;

/**
 * What config.json of a VQGAN says of the model ({@code VQGANConfig} of vqgan-jax). Keys that are absent have the
 * values of the published f16-16384 model; unknown keys are ignored.
 *
 * @param ch channels at full resolution, a multiple of 32 (the groups of the norms)
 * @param chMult for each level, from full resolution to the grid, by what the channels are multiplied
 * @param numResBlocks residual blocks of a level of the encoder; the decoder has one more
 * @param attnResolutions heights at which residual blocks are followed by attention
 * @param resolution height and width of an image in pixels
 * @param zChannels channels between the convolutions and the codebook
 * @param nEmbed codebook rows
 * @param embedDim width of a codebook row
 * @param inChannels colours of an image that is encoded
 * @param outCh colours of an image that is decoded
 * @param resampWithConv whether a convolution goes with each change of resolution
 * @param doubleZ always false: the encoder gives means alone
 * @param givePreEnd always false: the decoder ends in pixels
 */
public record VqganConfig(
        int ch,
        List<Integer> chMult,
        int numResBlocks,
        List<Integer> attnResolutions,
        int resolution,
        int zChannels,
        int nEmbed,
        int embedDim,
        int inChannels,
        int outCh,
        boolean resampWithConv,
        boolean doubleZ,
        boolean givePreEnd) {
    /** Groups of every GroupNorm of the original. */
    public static final int NORM_GROUPS = 32;

    private static final int COLOURS = 3;

    /** Far above any model; keeps what is computed from the sizes within an int. */
    private static final int MAX_SIZE = 1 << 16, MAX_MULTIPLE = 1 << 10, MAX_LEVELS = 12, MAX_BLOCKS = 100;

    private static final int MAX_CODEBOOK = 1 << 24;

    /**
     * Reads config.json of a checkpoint folder.
     *
     * @throws UnsupportedModelException if a switch differs from the published model; names it
     * @throws ModelException if the file is missing or not JSON, or a value makes no sense
     */
    public static VqganConfig read(Path checkpointFolder) throws IOException {
        return readFile(checkpointFolder.resolve(CheckpointFiles.CONFIG));
    }

    /** The same for a file of any name. */
    public static VqganConfig readFile(Path path) throws IOException {
        ConfigFile file = ConfigFile.read(path);
        file.only("in_channels", COLOURS);
        file.only("out_ch", COLOURS);
        file.only("double_z", false);
        file.only("give_pre_end", false);
        VqganConfig config = new VqganConfig(
                file.integer("ch", 128, NORM_GROUPS, MAX_SIZE),
                file.integers("ch_mult", List.of(1, 1, 2, 2, 4), 1, MAX_MULTIPLE),
                file.integer("num_res_blocks", 2, 1, MAX_BLOCKS),
                file.integers("attn_resolutions", List.of(16), 1, MAX_SIZE),
                file.integer("resolution", 256, 1, MAX_SIZE),
                file.integer("z_channels", 256, 1, MAX_SIZE),
                file.integer("n_embed", 16384, 1, MAX_CODEBOOK),
                file.integer("embed_dim", 256, 1, MAX_SIZE),
                COLOURS,
                COLOURS,
                file.flag("resamp_with_conv", true),
                false,
                false);
        if (config.ch % NORM_GROUPS != 0) {
            throw file.invalid("ch", config.ch, "a multiple of " + NORM_GROUPS);
        }
        int levels = config.levels();
        if (levels < 1 || levels > MAX_LEVELS) {
            throw file.invalid("ch_mult", config.chMult, "a list of 1 to " + MAX_LEVELS + " numbers");
        }
        if (config.resolution % (1 << (levels - 1)) != 0) {
            throw file.invalid(
                    "resolution", config.resolution, "a multiple of " + (1 << (levels - 1)) + " (ch_mult halves it)");
        }
        return config;
    }

    /** Number of resolutions, each half of the one before. */
    public int levels() {
        return chMult.size();
    }

    /** Image tokens along one side: the resolution of the last level. */
    public int gridSize() {
        return resolution >> (levels() - 1);
    }
}
