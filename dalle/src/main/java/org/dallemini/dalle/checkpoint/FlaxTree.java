package org.dallemini.dalle.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.ChannelBufferInput;
import org.msgpack.value.ValueType;

/**
 * Reads the structure of a flax_model.msgpack: nested maps of arrays, as {@code flax.serialization.msgpack_serialize}
 * writes them. Only headers are read; the bytes of arrays are skipped, so this takes milliseconds whatever the size.
 *
 * <p>Nothing in the file is believed: no memory is reserved by a length that the file gives.
 */
final class FlaxTree {
    sealed interface Node permits Branch, Leaf, Number, Other {}

    record Branch(Map<String, Node> nodes) implements Node {}

    record Leaf(long[] shape, String dtype, StoredArray.Part part) implements Node {}

    record Number(long value) implements Node {}

    /** A value that has no meaning as parameter. */
    record Other() implements Node {}

    /** Extension types of flax.serialization; the third, complex numbers, occurs in no model. */
    private static final byte NDARRAY = 1, NUMPY_SCALAR = 3;

    /** Far above any model, far below what would hurt. */
    private static final int MAX_DEPTH = 32, MAX_RANK = 32, MAX_NODES = 1 << 16, MAX_PATH = 1 << 10;

    private static final int BUFFER_BYTES = 1 << 12;
    private static final MessagePack.UnpackerConfig CONFIG = new MessagePack.UnpackerConfig()
            .withStringSizeLimit(MAX_PATH)
            .withActionOnMalformedString(CodingErrorAction.REPORT);

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private MessageUnpacker unpacker;
    private long start;
    private int nodes;

    private FlaxTree(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
        this.unpacker = unpackerAt(0);
    }

    /** The root map. */
    static Map<String, Node> read(Path path, FileChannel channel) throws IOException {
        FlaxTree tree = new FlaxTree(path, channel);
        Map<String, Node> root = tree.map("", 0);
        if (tree.position() != tree.size) {
            throw new CheckpointException(
                    path, "ends at byte " + tree.position() + ", but the file has " + tree.size + "; copy it again");
        }
        return root;
    }

    private Map<String, Node> map(String at, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw damaged(at, "is nested too deep");
        }
        Map<String, Node> map = new LinkedHashMap<>();
        String child = at;
        try {
            for (int left = unpacker.unpackMapHeader(); left > 0; left--) {
                child = at;
                String name = unpacker.unpackString();
                child = at.isEmpty() ? name : at + "/" + name;
                if (++nodes > MAX_NODES || child.length() > MAX_PATH) {
                    throw damaged(at, "has more parameters, or longer names, than any model");
                }
                if (map.put(name, node(child, depth + 1)) != null) {
                    throw damaged(child, "is there twice");
                }
            }
        } catch (MessageInsufficientBufferException e) {
            throw new CheckpointException(
                    path, child, "is where the file is cut off, at byte " + size + "; copy it again", e);
        } catch (MessagePackException e) {
            throw new CheckpointException(
                    path,
                    child,
                    "is not as Flax writes it near byte " + position() + " (" + e.getMessage()
                            + "); the file is damaged, copy it again",
                    e);
        }
        return map;
    }

    private Node node(String at, int depth) throws IOException {
        ValueType type = unpacker.getNextFormat().getValueType();
        switch (type) {
            case MAP -> {
                return new Branch(map(at, depth));
            }
            case EXTENSION -> {
                return array(at);
            }
            case INTEGER -> {
                return new Number(unpacker.unpackLong());
            }
            case BOOLEAN, NIL, FLOAT -> {
                unpacker.skipValue();
                return new Other();
            }
            default -> throw damaged(at, "is a " + type + ", neither an array nor a map of arrays");
        }
    }

    /** The payload of the extension is itself msgpack: [shape, type name, bytes]. */
    private Node array(String at) throws IOException {
        ExtensionTypeHeader header = unpacker.unpackExtensionTypeHeader();
        long end = position() + header.getLength();
        if (header.getType() != NDARRAY && header.getType() != NUMPY_SCALAR) {
            throw damaged(at, "has the unknown extension type " + header.getType());
        }
        if (unpacker.unpackArrayHeader() != 3) {
            throw damaged(at, "is not shape, type and bytes");
        }
        int rank = unpacker.unpackArrayHeader();
        if (rank > MAX_RANK) {
            throw damaged(at, "has " + rank + " axes");
        }
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = unpacker.unpackLong();
            if (shape[i] < 0) {
                throw damaged(at, "has an axis of length " + shape[i]);
            }
        }
        String dtype = unpacker.unpackString();
        int length = unpacker.unpackBinaryHeader();
        long offset = position();
        if (offset + length != end) {
            throw damaged(at, "has " + length + " bytes in a place for " + (end - offset));
        }
        if (end > size) {
            throw new CheckpointException(
                    path,
                    at,
                    "reaches to byte " + end + ", but the file is cut off, at byte " + size + "; copy it again");
        }
        unpacker = unpackerAt(end);
        return new Leaf(shape, dtype, new StoredArray.Part(offset, length));
    }

    private CheckpointException damaged(String at, String problem) {
        return new CheckpointException(path, at, problem + "; the file is damaged, copy it again");
    }

    private long position() {
        return start + unpacker.getTotalReadBytes();
    }

    private MessageUnpacker unpackerAt(long offset) throws IOException {
        start = offset;
        return CONFIG.newUnpacker(new ChannelBufferInput(channel.position(offset), BUFFER_BYTES));
    }
}
