package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.dalle.model.CheckpointFiles;

/**
 * The weights of a Flax model, in any form in which they are published: one file or shards with an index, msgpack or
 * safetensors, layers stacked in one array or apart, float32, float16 or bfloat16, large arrays in chunks. Opening
 * reads headers only; arrays are read when asked for, as float32.
 *
 * <p>Several threads may read at once.
 */
public final class FlaxCheckpoint implements AutoCloseable {
    private final Path path;
    private final List<FlaxFile> files = new ArrayList<>();
    private final SortedMap<String, StoredArray> arrays = new TreeMap<>();

    private FlaxCheckpoint(Path path) {
        this.path = path;
    }

    /**
     * Opens the weights of a checkpoint folder.
     *
     * @throws org.dallemini.dalle.model.ModelException if files are missing or damaged
     */
    public static FlaxCheckpoint open(Path folder) throws IOException {
        SortedMap<String, String> index = CheckpointFiles.shards(folder);
        if (index.isEmpty()) {
            return openFile(CheckpointFiles.whole(folder));
        }
        FlaxCheckpoint checkpoint = new FlaxCheckpoint(folder.resolve(CheckpointFiles.INDEX));
        checkpoint.load(new LinkedHashSet<>(index.values())
                .stream().map(folder::resolve).toList());
        try {
            checkpoint.requireIndexed(index, folder);
        } catch (CheckpointException e) {
            checkpoint.close();
            throw e;
        }
        return checkpoint;
    }

    /**
     * Opens a single file of weights.
     *
     * @throws org.dallemini.dalle.model.ModelException if it is missing or damaged
     */
    public static FlaxCheckpoint openFile(Path file) throws IOException {
        FlaxCheckpoint checkpoint = new FlaxCheckpoint(file);
        checkpoint.load(List.of(file));
        return checkpoint;
    }

    private void load(List<Path> paths) throws IOException {
        try {
            for (Path file : paths) {
                FlaxFile open = FlaxFile.open(file);
                files.add(open);
                for (StoredArray array : open.arrays().values()) {
                    StoredArray other = arrays.put(array.path(), array);
                    if (other != null) {
                        throw new CheckpointException(
                                file, array.path(), "is in " + other.file().getFileName() + " too; copy both again");
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void requireIndexed(SortedMap<String, String> index, Path folder) {
        index.forEach((parameter, file) -> {
            StoredArray array = arrays.get(parameter);
            if (array == null || !array.file().equals(folder.resolve(file))) {
                throw new CheckpointException(
                        path, parameter, "should be in " + file + ", but is not; copy both again");
            }
        });
    }

    /** Every array, by its path of parameter names joined by "/". */
    public SortedMap<String, StoredArray> entries() {
        return Collections.unmodifiableSortedMap(arrays);
    }

    /**
     * An array in words, for messages: its file, path, type and shape.
     *
     * @throws CheckpointException if there is none
     */
    public String describe(String parameter) {
        StoredArray array = require(parameter);
        return array.file() + ": " + parameter + " is " + array.describe();
    }

    /** Whether the layers of a kind lie in one array for each parameter, as in the published files. */
    public boolean isStacked() {
        return arrays.keySet().stream().anyMatch(path -> path.contains("Layers/"));
    }

    public boolean has(String parameter) {
        return arrays.containsKey(parameter);
    }

    /**
     * An array, read when needed.
     *
     * @throws CheckpointException if there is none, or its type cannot be read
     */
    public Weight weight(String parameter) {
        return require(parameter).weight();
    }

    /**
     * An array of a known shape, read when needed.
     *
     * @throws CheckpointException if there is none, its type cannot be read or its shape differs
     */
    public Weight weight(String parameter, long... shape) {
        return requireShape(require(parameter), weight(parameter), shape);
    }

    /**
     * An array of layer i, read when needed. Layers may be stacked in one array ({@code prefix + "s/" + leaf}, first
     * axis) or apart ({@code prefix + "_i/" + leaf}).
     *
     * @throws CheckpointException if there is none, or its type cannot be read
     */
    public Weight layerWeight(String prefix, int i, String leaf) {
        StoredArray stacked = arrays.get(stacked(prefix, leaf));
        return stacked == null ? weight(apart(prefix, i, leaf)) : stacked.weight(i);
    }

    /**
     * An array of layer i, of a known shape (without the axis of layers), read when needed.
     *
     * @throws CheckpointException if there is none, its type cannot be read or its shape differs
     */
    public Weight layerWeight(String prefix, int i, String leaf, long... shape) {
        StoredArray stacked = arrays.get(stacked(prefix, leaf));
        StoredArray array = stacked == null ? require(apart(prefix, i, leaf)) : stacked;
        return requireShape(array, layerWeight(prefix, i, leaf), shape);
    }

    /** Whether layer i has this array, stacked or apart. */
    public boolean hasLayer(String prefix, int i, String leaf) {
        return has(stacked(prefix, leaf)) || has(apart(prefix, i, leaf));
    }

    private static String stacked(String prefix, String leaf) {
        return prefix + "s/" + leaf;
    }

    private static String apart(String prefix, int i, String leaf) {
        return prefix + "_" + i + "/" + leaf;
    }

    private StoredArray require(String parameter) {
        StoredArray array = arrays.get(parameter);
        if (array == null) {
            throw new CheckpointException(
                    path, parameter, "is missing; the checkpoint is incomplete or does not belong to its config.json");
        }
        return array;
    }

    private static Weight requireShape(StoredArray array, Weight weight, long[] shape) {
        if (!Arrays.equals(weight.shape(), shape)) {
            throw new CheckpointException(
                    array.file(),
                    array.path(),
                    "is " + array.describe() + ", but " + Arrays.toString(shape)
                            + (array.shape().length > shape.length ? " for each layer" : "")
                            + " is needed; the checkpoint does not belong to its config.json");
        }
        return weight;
    }

    @Override
    public void close() throws IOException {
        for (FlaxFile file : files) {
            file.close();
        }
    }
}
