package org.dallemini.dalle.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Bytes of a flax_model.msgpack as flax.serialization writes them, in any form: nested maps, arrays and chunks. */
final class FlaxBytes {
    private FlaxBytes() {}

    /** A map of maps and of what {@link #array} and {@link #chunked} return; paths are taken apart at "/". */
    static Map<String, Object> tree(Map<String, ?> arrays) {
        Map<String, Object> root = new LinkedHashMap<>();
        arrays.forEach((path, array) -> {
            Map<String, Object> at = root;
            String[] names = path.split("/");
            for (int i = 0; i < names.length - 1; i++) {
                at = child(at, names[i]);
            }
            at.put(names[names.length - 1], array);
        });
        return root;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> child(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, n -> new LinkedHashMap<String, Object>());
    }

    /** Payload of extension type 1. */
    record Array(byte[] payload) {}

    static Array array(String dtype, byte[] data, long... shape) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packArrayHeader(shape.length);
            for (long dimension : shape) {
                packer.packLong(dimension);
            }
            packer.packString(dtype).packBinaryHeader(data.length).writePayload(data);
            return new Array(packer.toByteArray());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** As Flax cuts an array of more than 1 GiB, here into chunks of so many bytes. */
    static Map<String, Object> chunked(String dtype, byte[] data, int chunkBytes, int width, long... shape) {
        Map<String, Object> dimensions = new LinkedHashMap<>();
        for (int i = 0; i < shape.length; i++) {
            dimensions.put(Integer.toString(i), shape[i]);
        }
        Map<String, Object> chunks = new LinkedHashMap<>();
        for (int at = 0; at < data.length; at += chunkBytes) {
            byte[] chunk = Arrays.copyOfRange(data, at, Math.min(data.length, at + chunkBytes));
            chunks.put(Integer.toString(chunks.size()), array(dtype, chunk, chunk.length / width));
        }
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("__msgpack_chunked_array__", true);
        node.put("shape", dimensions);
        node.put("chunks", reversed(chunks)); // the order means nothing
        return node;
    }

    private static Map<String, Object> reversed(Map<String, Object> map) {
        List<String> keys = new ArrayList<>(map.keySet());
        Collections.reverse(keys);
        Map<String, Object> reversed = new LinkedHashMap<>();
        keys.forEach(key -> reversed.put(key, Objects.requireNonNull(map.get(key))));
        return reversed;
    }

    static byte[] write(Map<String, ?> tree) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            pack(packer, tree);
            return packer.toByteArray();
        }
    }

    private static void pack(MessageBufferPacker packer, Object node) throws IOException {
        if (node instanceof Map<?, ?> map) {
            packer.packMapHeader(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                packer.packString((String) entry.getKey());
                pack(packer, entry.getValue());
            }
        } else if (node instanceof Array array) {
            packer.packExtensionTypeHeader((byte) 1, array.payload.length).writePayload(array.payload);
        } else if (node instanceof Boolean flag) {
            packer.packBoolean(flag);
        } else if (node instanceof Long number) {
            packer.packLong(number);
        } else {
            packer.packString((String) node);
        }
    }

    /** Little endian elements of a type; the values must be exact in it. */
    static byte[] elements(String dtype, float... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (float value : values) {
            ByteBuffer element = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            int bits = Float.floatToIntBits(value);
            switch (dtype) {
                case "float32" -> element.putInt(bits);
                case "bfloat16" -> element.putShort((short) (bits >>> 16));
                case "float16" -> element.putShort(float16(value));
                default -> throw new IllegalArgumentException(dtype);
            }
            out.write(element.array(), 0, element.position());
        }
        return out.toByteArray();
    }

    /** Of zero and normal numbers. */
    private static short float16(float value) {
        if (value == 0) {
            return 0;
        }
        int exponent = Math.getExponent(value) + 15;
        int fraction = (Float.floatToIntBits(value) & 0x7fffff) >> 13;
        return (short) ((value < 0 ? 0x8000 : 0) | exponent << 10 | fraction);
    }
}
