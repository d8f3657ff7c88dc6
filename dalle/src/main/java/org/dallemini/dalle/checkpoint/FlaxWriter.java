package org.dallemini.dalle.checkpoint;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Writes a flax_model.msgpack block by block, so that its size does not matter to memory. */
public final class FlaxWriter {
    /** Flax writes larger arrays in chunks; no model that is written here has any. */
    private static final long MAX_ARRAY_BYTES = 1 << 30;

    private static final int BLOCK_BYTES = 1 << 20;
    private static final byte NDARRAY = 1;

    /** Gives the elements of arrays. */
    public interface Elements {
        /** numpy's name of the type of all elements, as in {@link StoredArray#dtype}. */
        String dtype();

        /** Bytes of one element; divides a mebibyte. */
        int width();

        /** Called before the first block of an array. */
        void begin(String parameter, long[] shape);

        /** Fills the block, little endian, with the next elements of the array. */
        void fill(ByteBuffer block);
    }

    private final FileChannel out;
    private final Elements elements;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private FlaxWriter(FileChannel out, Elements elements) {
        this.out = out;
        this.elements = elements;
    }

    /** Writes arrays of these paths (parameter names joined by "/") and shapes. */
    public static void write(Path file, SortedMap<String, long[]> shapes, Elements elements) throws IOException {
        try (FileChannel out = FileChannel.open(file, CREATE, WRITE, TRUNCATE_EXISTING)) {
            new FlaxWriter(out, elements).map("", tree(shapes));
        }
    }

    private static Map<String, Object> tree(SortedMap<String, long[]> shapes) {
        Map<String, Object> root = new TreeMap<>();
        shapes.forEach((path, shape) -> {
            Map<String, Object> at = root;
            String[] names = path.split("/");
            for (int i = 0; i < names.length - 1; i++) {
                at = child(at, names[i]);
            }
            at.put(names[names.length - 1], shape);
        });
        return root;
    }

    @SuppressWarnings("unchecked") // inner nodes are maps
    private static Map<String, Object> child(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, n -> new TreeMap<String, Object>());
    }

    @SuppressWarnings("unchecked") // as above
    private void map(String parent, Map<String, Object> nodes) throws IOException {
        pack(packer -> packer.packMapHeader(nodes.size()));
        for (Map.Entry<String, Object> node : nodes.entrySet()) {
            pack(packer -> packer.packString(node.getKey()));
            if (node.getValue() instanceof long[] shape) {
                array(parent + node.getKey(), shape);
            } else {
                map(parent + node.getKey() + "/", (Map<String, Object>) node.getValue());
            }
        }
    }

    private void array(String path, long[] shape) throws IOException {
        long bytes = Shapes.size(shape) * elements.width();
        if (bytes > MAX_ARRAY_BYTES) {
            throw new IllegalArgumentException(path + " has " + bytes + " bytes, at most " + MAX_ARRAY_BYTES + " go");
        }
        byte[] header = packed(packer -> {
            packer.packArrayHeader(3).packArrayHeader(shape.length);
            for (long dimension : shape) {
                packer.packLong(dimension);
            }
            packer.packString(elements.dtype()).packBinaryHeader((int) bytes);
        });
        pack(packer -> packer.packExtensionTypeHeader(NDARRAY, Math.toIntExact(header.length + bytes)));
        write(ByteBuffer.wrap(header));
        elements.begin(path, shape.clone());
        for (long left = bytes; left > 0; left -= block.limit()) {
            block.clear().limit((int) Math.min(left, BLOCK_BYTES));
            elements.fill(block);
            write(block.rewind());
        }
    }

    private interface Packing {
        void to(MessageBufferPacker packer) throws IOException;
    }

    private void pack(Packing packing) throws IOException {
        write(ByteBuffer.wrap(packed(packing)));
    }

    private static byte[] packed(Packing packing) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packing.to(packer);
            return packer.toByteArray();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
