package org.dallemini.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.ChannelBufferInput;

/**
 * Index of a flax_model.msgpack: only headers are read, array bytes are mapped when asked for (files above 2 GB are
 * fine).
 */
@SuppressWarnings("NullAway")
public final class FlaxCheckpoint implements AutoCloseable {
    /** Where the bytes of an array lie; more than one part only for arrays that Flax wrote in chunks. */
    public record Entry(long[] shape, String dtype, List<long[]> parts) {}

    private static final int NDARRAY = 1, SCALAR = 3;
    private final FileChannel file;
    private final Map<String, Entry> entries = new TreeMap<>();
    private @org.jspecify.annotations.Nullable MessageUnpacker unpacker;
    private long base;

    /** Opens the weights of a checkpoint folder. */
    public static FlaxCheckpoint open(Path folder) throws IOException {
        return new FlaxCheckpoint(folder.resolve("flax_model.msgpack"));
    }

    public FlaxCheckpoint(Path path) throws IOException {
        file = FileChannel.open(path);
        seek(0);
        flatten("", readMap());
    }

    public Map<String, Entry> entries() {
        return entries;
    }

    public boolean has(String path) {
        return entries.containsKey(path);
    }

    public Tensor get(String path) throws IOException {
        Entry e = entry(path);
        return read(e, 0, e.shape);
    }

    /** The array, read when needed. */
    public Weight weight(String path) {
        return new Weight(entry(path).shape, () -> get(path));
    }

    /** An array of layer i, read when needed. */
    public Weight layerWeight(String prefix, int i, String leaf) {
        String stacked = prefix + "s/" + leaf;
        if (!has(stacked)) return weight(prefix + "_" + i + "/" + leaf);
        long[] shape = entry(stacked).shape;
        return new Weight(java.util.Arrays.copyOfRange(shape, 1, shape.length), () -> layer(prefix, i, leaf));
    }

    /** Whether layer i has this array, stacked or apart. */
    public boolean hasLayer(String prefix, int i, String leaf) {
        return has(prefix + "s/" + leaf) || has(prefix + "_" + i + "/" + leaf);
    }

    /** An array of layer i, whether the layers are stacked ("...Layers", leading axis) or apart ("...Layer_i"). */
    public Tensor layer(String prefix, int i, String leaf) throws IOException {
        if (!has(prefix + "s/" + leaf)) return get(prefix + "_" + i + "/" + leaf);
        Entry e = entry(prefix + "s/" + leaf);
        long[] shape = java.util.Arrays.copyOfRange(e.shape, 1, e.shape.length);
        return read(e, i * Tensor.size(shape), shape);
    }

    private Entry entry(String path) {
        Entry e = entries.get(path);
        if (e == null) throw new IllegalArgumentException("no array " + path);
        return e;
    }

    private Tensor read(Entry e, long first, long[] shape) throws IOException {
        int width = e.dtype.equals("float32") ? 4 : 2;
        Tensor out = Tensor.allocate(shape);
        FloatBuffer to = out.data().duplicate();
        long skip = first * width;
        for (long[] part : e.parts) {
            long length = Math.min(part[1] - skip, (long) to.remaining() * width);
            if (length > 0)
                convert(
                        file.map(FileChannel.MapMode.READ_ONLY, part[0] + skip, length)
                                .order(ByteOrder.LITTLE_ENDIAN),
                        e.dtype,
                        to);
            skip = Math.max(0, skip - part[1]);
        }
        if (to.hasRemaining()) throw new IOException("array shorter than its shape");
        return out;
    }

    private static void convert(ByteBuffer from, String dtype, FloatBuffer to) throws IOException {
        switch (dtype) {
            case "float32" -> to.put(from.asFloatBuffer());
            case "float16" -> {
                while (from.hasRemaining()) to.put(halfToFloat(from.getShort()));
            }
            case "bfloat16" -> {
                while (from.hasRemaining()) to.put(Float.intBitsToFloat(from.getShort() << 16));
            }
            default -> throw new IOException("unsupported type " + dtype);
        }
    }

    /** Java 17 has no Float.float16ToFloat. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16, exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
        if (exponent == 0) return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign | 0x3f800000));
        int e = exponent == 31 ? 255 : exponent + 112;
        return Float.intBitsToFloat(sign | e << 23 | fraction << 13);
    }

    private void seek(long position) throws IOException {
        base = position;
        unpacker = MessagePack.newDefaultUnpacker(new ChannelBufferInput(file.position(position), 1 << 12));
    }

    private Map<String, Object> readMap() throws IOException {
        Map<String, Object> map = new TreeMap<>();
        for (int n = unpacker.unpackMapHeader(); n > 0; n--) map.put(unpacker.unpackString(), readValue());
        return map;
    }

    private Object readValue() throws IOException {
        return switch (unpacker.getNextFormat().getValueType()) {
            case MAP -> readMap();
            case INTEGER -> unpacker.unpackLong();
            case BOOLEAN -> unpacker.unpackBoolean();
            case EXTENSION -> readArray();
            default -> throw new IOException("unexpected value in checkpoint: " + unpacker.getNextFormat());
        };
    }

    /** The payload of the extension is itself msgpack: [shape, type name, bytes]. */
    private Entry readArray() throws IOException {
        int type = unpacker.unpackExtensionTypeHeader().getType();
        if ((type != NDARRAY && type != SCALAR) || unpacker.unpackArrayHeader() != 3)
            throw new IOException("unknown extension " + type);
        long[] shape = new long[unpacker.unpackArrayHeader()];
        for (int i = 0; i < shape.length; i++) shape[i] = unpacker.unpackLong();
        String dtype = unpacker.unpackString();
        long length = unpacker.unpackBinaryHeader(), at = base + unpacker.getTotalReadBytes();
        seek(at + length);
        return new Entry(shape, dtype, List.of(new long[] {at, length}));
    }

    @SuppressWarnings("unchecked")
    private void flatten(String prefix, Map<String, Object> map) {
        map.forEach((name, value) -> {
            String path = prefix + name;
            if (value instanceof Entry e) entries.put(path, e);
            else if (value instanceof Map<?, ?> m && m.containsKey("__msgpack_chunked_array__"))
                entries.put(path, join((Map<String, Object>) m));
            else flatten(path + "/", (Map<String, Object>) value);
        });
    }

    @SuppressWarnings("unchecked")
    private static Entry join(Map<String, Object> map) {
        var shape = (Map<String, Object>) map.get("shape");
        var chunks = (Map<String, Object>) map.get("chunks");
        long[] dims = new long[shape.size()];
        for (int i = 0; i < dims.length; i++) dims[i] = (Long) shape.get("" + i);
        List<long[]> parts = new ArrayList<>();
        for (int i = 0; i < chunks.size(); i++) parts.addAll(((Entry) chunks.get("" + i)).parts);
        return new Entry(dims, ((Entry) chunks.get("0")).dtype, parts);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
