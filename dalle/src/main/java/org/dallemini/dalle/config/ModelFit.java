package org.dallemini.dalle.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFolder;

/** Whether the two parts of a model belong together. */
public final class ModelFit {
    private ModelFit() {}

    /**
     * What does not fit, each with the files and the keys; empty if all does.
     *
     * @param model the folder, to be named
     */
    public static List<String> problems(BartConfig bart, VqganConfig vqgan, ModelFolder model) {
        return problems(
                bart,
                model.bart().resolve(CheckpointFiles.CONFIG),
                vqgan,
                model.vqgan().resolve(CheckpointFiles.CONFIG));
    }

    /**
     * The same for parts that do not lie in one folder.
     *
     * @param other the file of the BART's configuration, to be named
     * @param file the file of the VQGAN's, likewise
     */
    public static List<String> problems(BartConfig bart, Path other, VqganConfig vqgan, Path file) {
        List<String> problems = new ArrayList<>();
        // The start token follows the codes that were trained; the published Mega's vocabulary is padded beyond it.
        int codes = Math.min(bart.imageVocabSize(), bart.decoderStartTokenId());
        if (vqgan.nEmbed() != codes) {
            problems.add(file + ": n_embed is " + vqgan.nEmbed() + ", a codebook "
                    + (vqgan.nEmbed() < codes ? "smaller" : "larger") + " than the " + codes + " image tokens of "
                    + other
                    + " (image_vocab_size, decoder_start_token_id); the two models do not belong together");
        }
        int tokens = vqgan.gridSize() * vqgan.gridSize();
        if (tokens != bart.imageLength()) {
            problems.add(file + ": an image has " + tokens + " tokens (resolution " + vqgan.resolution() + ", "
                    + vqgan.levels() + " levels), but by " + other + " " + bart.imageLength()
                    + " are drawn (image_length); the two models do not belong together");
        }
        return problems;
    }

    /** @throws ModelException if the parts of a model do not fit, saying how */
    public static void require(ModelFolder model) throws IOException {
        List<String> problems = problems(BartConfig.read(model.bart()), VqganConfig.read(model.vqgan()), model);
        if (!problems.isEmpty()) {
            throw new ModelException(String.join("; ", problems));
        }
    }
}
