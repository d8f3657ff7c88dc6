package org.dallemini.model.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.model.CheckpointFiles;
import org.dallemini.model.ModelException;
import org.dallemini.model.ModelFolder;

/** Whether the two parts of a model belong together. */
public final class ModelFit {
    private ModelFit() {}

    /**
     * What does not fit, each with the file and the key; empty if all does.
     *
     * @param vqganFolder folder of the VQGAN's config.json, to be named
     */
    public static List<String> problems(BartConfig bart, VqganConfig vqgan, Path vqganFolder) {
        Path file = vqganFolder.resolve(CheckpointFiles.CONFIG);
        List<String> problems = new ArrayList<>();
        // The start token follows the codes that were trained; the published Mega's vocabulary is padded beyond it.
        int codes = Math.min(bart.imageVocabSize(), bart.decoderStartTokenId());
        if (vqgan.nEmbed() < codes) {
            problems.add(file + ": n_embed is " + vqgan.nEmbed() + ", a codebook smaller than the " + codes
                    + " image tokens of dalle-bart; the two models do not belong together");
        }
        if (vqgan.nEmbed() > codes) {
            problems.add(file + ": n_embed is " + vqgan.nEmbed() + ", a codebook larger than the " + codes
                    + " image tokens of dalle-bart (image_vocab_size, decoder_start_token_id); the two models do not"
                    + " belong together");
        }
        int tokens = vqgan.gridSize() * vqgan.gridSize();
        if (tokens != bart.imageLength()) {
            problems.add(file + ": an image has " + tokens + " tokens (resolution " + vqgan.resolution() + ", "
                    + vqgan.levels() + " levels), but dalle-bart draws " + bart.imageLength()
                    + " (image_length); the two models do not belong together");
        }
        return problems;
    }

    /** @throws ModelException if the parts of a model do not fit, saying how */
    public static void require(ModelFolder model) throws IOException {
        List<String> problems = problems(BartConfig.read(model.bart()), VqganConfig.read(model.vqgan()), model.vqgan());
        if (!problems.isEmpty()) {
            throw new ModelException(String.join("; ", problems));
        }
    }
}
