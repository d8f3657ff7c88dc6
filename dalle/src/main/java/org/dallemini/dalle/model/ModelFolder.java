package org.dallemini.dalle.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A folder that holds a whole model, each part in the layout in which the original project publishes it:
 *
 * <pre>
 * dalle-bart/   config.json, flax_model.msgpack (or shards with flax_model.msgpack.index.json, or
 *               model.safetensors), tokenizer.json ...
 * vqgan/        config.json, weights in one of these forms
 * </pre>
 *
 * @param path the folder
 */
public record ModelFolder(Path path) {
    private static final String BART = "dalle-bart", VQGAN = "vqgan";

    /**
     * Checks that every file that a model needs is there and is, by its first bytes, what its name says.
     *
     * @throws ModelException naming what is not
     */
    public static ModelFolder open(Path path) throws IOException {
        ModelFolder model = existing(path);
        CheckpointFiles.require(model.bart());
        CheckpointFiles.require(model.vqgan());
        CheckpointFiles.requireTokenizer(model.bart());
        return model;
    }

    /**
     * The same for who needs the text model alone: vqgan/ may be missing.
     *
     * @throws ModelException naming what is not there, or not what it should be
     */
    public static ModelFolder openText(Path path) throws IOException {
        ModelFolder model = existing(path);
        CheckpointFiles.require(model.bart());
        CheckpointFiles.requireTokenizer(model.bart());
        return model;
    }

    /**
     * Everything that {@link #open} would find, a line each; empty if there is nothing.
     *
     * @throws ModelException if there is no folder at all
     */
    public static List<String> problems(Path path) throws IOException {
        ModelFolder model = existing(path);
        List<String> problems = new ArrayList<>(CheckpointFiles.problems(model.bart()));
        problems.addAll(CheckpointFiles.problems(model.vqgan()));
        try {
            CheckpointFiles.requireTokenizer(model.bart());
        } catch (ModelException e) {
            problems.add(Objects.toString(e.getMessage()));
        }
        return problems;
    }

    private static ModelFolder existing(Path path) {
        ModelFolder model = new ModelFolder(path.toAbsolutePath().normalize());
        if (!Files.isDirectory(model.path)) {
            throw new ModelException(
                    model.path + " is not a folder; give the folder that contains dalle-bart/ and vqgan/");
        }
        return model;
    }

    /** Checkpoint folder of the text to image token model. */
    public Path bart() {
        return path.resolve(BART);
    }

    /** Checkpoint folder of the image token to pixel model. */
    public Path vqgan() {
        return path.resolve(VQGAN);
    }

    /** The folder's own name, for people. */
    public String name() {
        return String.valueOf(path.getFileName());
    }
}
