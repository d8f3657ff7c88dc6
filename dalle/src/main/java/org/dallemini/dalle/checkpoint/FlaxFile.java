package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.dalle.model.ModelFile;
import org.jspecify.annotations.Nullable;

/**
 * One file of a checkpoint: {@link FlaxTree} flattened to paths, with chunked arrays joined, or {@link Safetensors}.
 */
final class FlaxFile implements AutoCloseable {
    private static final String CHUNKED = "__msgpack_chunked_array__", SAFETENSORS = ".safetensors";

    private final Path path;
    private final FileChannel channel;
    private final SortedMap<String, StoredArray> arrays = new TreeMap<>();

    private FlaxFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static FlaxFile open(Path path) throws IOException {
        ModelFile.require(path);
        FileChannel channel = FileChannel.open(path);
        try {
            FlaxFile file = new FlaxFile(path, channel);
            if (path.toString().endsWith(SAFETENSORS)) {
                Safetensors.read(path, channel).forEach(file::put);
            } else {
                file.flatten("", FlaxTree.read(path, channel));
            }
            return file;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** By path of parameter names, joined by "/". */
    SortedMap<String, StoredArray> arrays() {
        return arrays;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void flatten(String parent, Map<String, FlaxTree.Node> nodes) {
        nodes.forEach((name, node) -> {
            String at = parent.isEmpty() ? name : parent + "/" + name;
            if (node instanceof FlaxTree.Branch branch) {
                if (branch.nodes().containsKey(CHUNKED)) {
                    put(joined(at, branch.nodes()));
                } else {
                    flatten(at, branch.nodes());
                }
            } else if (node instanceof FlaxTree.Leaf leaf) {
                put(new StoredArray(path, channel, at, leaf.shape(), leaf.dtype(), List.of(leaf.part())));
            } else {
                throw new CheckpointException(path, at, "is neither an array nor a map of arrays");
            }
        });
    }

    private void put(StoredArray array) {
        if (arrays.put(array.path(), array) != null) {
            throw new CheckpointException(path, array.path(), "is there twice; the file is damaged, copy it again");
        }
    }

    /**
     * Flax cuts an array of more than 1 GiB into flat ones: {shape: {"0": d0, "1": d1...}, chunks: {"0": array, "1":
     * array...}}. The keys count; their order in the file, or that of the alphabet ("10" before "9"), means nothing.
     */
    private StoredArray joined(String at, Map<String, FlaxTree.Node> node) {
        List<FlaxTree.Node> dimensions = numbered(at, node.get("shape"));
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            if (!(dimensions.get(i) instanceof FlaxTree.Number number) || number.value() < 0) {
                throw notChunks(at);
            }
            shape[i] = number.value();
        }
        String dtype = null;
        List<StoredArray.Part> parts = new ArrayList<>();
        for (FlaxTree.Node chunk : numbered(at, node.get("chunks"))) {
            if (!(chunk instanceof FlaxTree.Leaf leaf) || dtype != null && !dtype.equals(leaf.dtype())) {
                throw notChunks(at);
            }
            dtype = leaf.dtype();
            parts.add(leaf.part());
        }
        if (dtype == null) {
            throw notChunks(at);
        }
        return new StoredArray(path, channel, at, shape, dtype, parts);
    }

    /** The nodes "0", "1"... in this order. */
    private List<FlaxTree.Node> numbered(String at, FlaxTree.@Nullable Node node) {
        if (!(node instanceof FlaxTree.Branch branch)) {
            throw notChunks(at);
        }
        List<FlaxTree.Node> list = new ArrayList<>();
        for (int i = 0; i < branch.nodes().size(); i++) {
            FlaxTree.Node next = branch.nodes().get(Integer.toString(i));
            if (next == null) {
                throw notChunks(at);
            }
            list.add(next);
        }
        return list;
    }

    private CheckpointException notChunks(String at) {
        return new CheckpointException(
                path,
                at,
                "is in chunks, but not with a shape and chunks of one type numbered from 0; the file is damaged,"
                        + " copy it again");
    }
}
