package org.dallemini.dalle.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFile;

/**
 * Reads the header of a model.safetensors as {@code FlaxPreTrainedModel.save_pretrained(safe_serialization=True)} of
 * transformers writes it: parameter names joined by ".", and {@code format} = {@code flax} in the metadata.
 *
 * <pre>
 * 8 bytes    length of the header, little endian
 * header     JSON: name to {dtype, shape, data_offsets: [begin, end)}, and __metadata__
 * the rest   the arrays, in C order and little endian, without gaps; offsets count from its start
 * </pre>
 *
 * <p>Nothing in the file is believed: no memory is reserved by a length that goes beyond the file, and every byte must
 * belong to one array.
 */
final class Safetensors {
    private static final String METADATA = "__metadata__", FORMAT = "flax";
    private static final int LENGTH_BYTES = 8;

    /** Far above any model, far below what would hurt. */
    private static final int MAX_HEADER = 1 << 24, MAX_RANK = 32, MAX_NAME = 1 << 10;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private Safetensors(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Every array, in the order of the file. */
    static List<StoredArray> read(Path path, FileChannel channel) throws IOException {
        return new Safetensors(path, channel).arrays();
    }

    private List<StoredArray> arrays() throws IOException {
        long length = bytes(0, LENGTH_BYTES).getLong();
        if (length < 2 || length > MAX_HEADER) {
            throw damaged("has a header of " + Long.toUnsignedString(length) + " bytes");
        }
        long start = LENGTH_BYTES + length;
        ObjectNode header = header((int) length);
        requireFlax(header.path(METADATA));
        header.remove(METADATA);
        List<StoredArray> arrays = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            arrays.add(array(entry.getKey(), entry.getValue(), start));
        }
        arrays.sort(Comparator.comparingLong((StoredArray array) -> part(array).offset())
                .thenComparingLong(array -> part(array).length()));
        requireWhole(arrays, start);
        return arrays;
    }

    private ObjectNode header(int length) throws IOException {
        byte[] json = bytes(LENGTH_BYTES, length).array();
        if (json[0] != '{') {
            throw damaged("has no JSON object as its header");
        }
        try {
            return ModelFile.json(json, path + ": its header");
        } catch (ModelException e) {
            throw new CheckpointException(path, "its header is not JSON; the file is damaged, copy it again", e);
        }
    }

    private void requireFlax(JsonNode metadata) {
        String format = metadata.path("format").asText();
        if (!format.equals(FORMAT)) {
            throw new CheckpointException(
                    path,
                    "the metadata say format = " + (format.isEmpty() ? "nothing" : "\"" + format + "\"")
                            + ", but only \"" + FORMAT + "\" has names of arrays that DALL-E mini's own code knows;"
                            + " use flax_model.msgpack of the published checkpoint, or save the Flax model with"
                            + " save_pretrained(safe_serialization=True)");
        }
    }

    private StoredArray array(String name, JsonNode entry, long start) {
        String at = name.replace('.', '/');
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw damaged("has an array with a name of " + name.length() + " characters");
        }
        JsonNode offsets = entry.path("data_offsets");
        JsonNode dimensions = entry.path("shape");
        if (!entry.path("dtype").isTextual() || !dimensions.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw damaged(at, "has no dtype, shape and data_offsets");
        }
        if (dimensions.size() > MAX_RANK) {
            throw damaged(at, "has " + dimensions.size() + " axes");
        }
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = count(at, dimensions.get(i));
        }
        long begin = count(at, offsets.get(0));
        long end = count(at, offsets.get(1));
        if (end < begin || end > Long.MAX_VALUE - start) {
            throw damaged(at, "lies from byte " + begin + " to byte " + end);
        }
        return new StoredArray(
                path,
                channel,
                at,
                shape,
                dtype(entry.path("dtype").textValue()),
                List.of(new StoredArray.Part(start + begin, end - begin)));
    }

    private long count(String at, JsonNode number) {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw damaged(at, "has " + number + " among its shape and offsets");
        }
        return number.longValue();
    }

    /** numpy's name of a type that can be read; others keep theirs, and are refused when asked for. */
    private static String dtype(String name) {
        return switch (name) {
            case "F32" -> "float32";
            case "F16" -> "float16";
            case "BF16" -> "bfloat16";
            default -> name;
        };
    }

    private static StoredArray.Part part(StoredArray array) {
        return array.parts().get(0);
    }

    /** Array follows array, from the header to the end of the file. */
    private void requireWhole(List<StoredArray> arrays, long start) {
        long end = start;
        for (StoredArray array : arrays) {
            StoredArray.Part part = part(array);
            if (part.offset() != end) {
                throw damaged(
                        array.path(), "begins at byte " + part.offset() + ", where the one before it ends at " + end);
            }
            end += part.length();
        }
        if (end > size) {
            throw cutOff(end);
        }
        if (end < size) {
            throw new CheckpointException(
                    path, "ends at byte " + end + ", but the file has " + size + "; copy it again");
        }
    }

    private ByteBuffer bytes(long offset, int length) throws IOException {
        if (offset + length > size) {
            throw cutOff(offset + length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw cutOff(offset + length);
            }
        }
        return bytes.flip();
    }

    private CheckpointException cutOff(long whole) {
        return new CheckpointException(
                path, "reaches to byte " + whole + ", but the file is cut off, at byte " + size + "; copy it again");
    }

    private CheckpointException damaged(String problem) {
        return new CheckpointException(path, problem + "; the file is damaged, copy it again");
    }

    private CheckpointException damaged(String at, String problem) {
        return new CheckpointException(path, at, problem + "; the file is damaged, copy it again");
    }
}
