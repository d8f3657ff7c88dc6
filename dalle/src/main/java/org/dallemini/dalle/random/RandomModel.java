package org.dallemini.dalle.random;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.dallemini.dalle.cache.PrepareListener;
import org.dallemini.dalle.checkpoint.FlaxWriter;
import org.dallemini.dalle.checkpoint.RandomElements;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelFolder;

/**
 * Writes models of the published sizes with random weights: files of the same names, format and shapes, to measure with
 * and to try a machine out. They draw noise.
 */
public final class RandomModel {
    /** The published models. */
    public enum Like {
        MINI,
        MEGA
    }

    private final boolean half;
    private final long seed;
    private final PrepareListener listener;

    /**
     * @param half weights in float16, else float32
     * @param seed the same seed gives the same model
     */
    public RandomModel(boolean half, long seed, PrepareListener listener) {
        this.half = half;
        this.seed = seed;
        this.listener = listener;
    }

    /**
     * Writes a model folder.
     *
     * @param target must not exist, or be empty
     * @param tokenizer a model whose tokenizer files are copied
     */
    public ModelFolder write(Path target, Like like, ModelFolder tokenizer) throws IOException {
        return write(
                target, resource(like.name().toLowerCase(Locale.ROOT) + ".json"), resource("vqgan.json"), tokenizer);
    }

    /** The same for any configuration. */
    ModelFolder write(Path target, byte[] bartConfig, byte[] vqganConfig, ModelFolder tokenizer) throws IOException {
        requireEmpty(target);
        ModelFolder model = new ModelFolder(target.toAbsolutePath().normalize());
        writeConfig(model.bart(), bartConfig);
        writeConfig(model.vqgan(), vqganConfig);
        CheckpointFiles.copyTokenizer(tokenizer.bart(), model.bart());
        writeWeights(model.vqgan(), ParameterShapes.of(VqganConfig.read(model.vqgan())));
        writeWeights(model.bart(), ParameterShapes.of(BartConfig.read(model.bart()), true));
        return ModelFolder.open(target);
    }

    private static void requireEmpty(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                if (files.findAny().isEmpty()) {
                    return;
                }
            }
        }
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target + " is there already; choose another folder or delete it");
        }
    }

    private static void writeConfig(Path checkpointFolder, byte[] config) throws IOException {
        Files.createDirectories(checkpointFolder);
        Files.write(checkpointFolder.resolve(CheckpointFiles.CONFIG), config);
    }

    private void writeWeights(Path checkpointFolder, SortedMap<String, long[]> shapes) throws IOException {
        long parameters = 0;
        for (long[] shape : shapes.values()) {
            parameters += LongStream.of(shape).reduce(1, Math::multiplyExact);
        }
        String name = String.valueOf(checkpointFolder.getFileName());
        long total = parameters * (half ? 2 : 4);
        FlaxWriter.write(
                checkpointFolder.resolve(CheckpointFiles.WEIGHTS),
                shapes,
                new RandomElements(half, seed, done -> listener.progress(name, done, total)));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = RandomModel.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
