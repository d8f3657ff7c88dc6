package org.dallemini.dalle.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.model.CheckpointFiles;

/** Checkpoints as transformers writes them with safe_serialization=True. */
public final class SafetensorsForm {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsForm() {}

    /** Puts model.safetensors, with the same weights in float32, in place of flax_model.msgpack. */
    public static void convert(Path checkpointFolder) throws IOException {
        Path file = checkpointFolder.resolve(CheckpointFiles.SAFETENSORS);
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(checkpointFolder);
                OutputStream out = Files.newOutputStream(file);
                WritableByteChannel channel = Channels.newChannel(out)) {
            ObjectNode header = JSON.createObjectNode();
            header.putObject("__metadata__").put("format", "flax");
            long end = 0;
            for (String path : weights.entries().keySet()) {
                Weight weight = weights.weight(path);
                ObjectNode array = header.putObject(path.replace('/', '.')).put("dtype", "F32");
                array.set("shape", JSON.valueToTree(weight.shape()));
                array.putArray("data_offsets").add(end).add(end + weight.bytes());
                end += weight.bytes();
            }
            out.write(header(header.toString()));
            for (String path : weights.entries().keySet()) {
                channel.write(weights.weight(path).read().bytes());
            }
        }
        Files.delete(checkpointFolder.resolve(CheckpointFiles.WEIGHTS));
    }

    /** A header with its length before it. */
    public static byte[] header(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bytes.length)
                .put(bytes)
                .array();
    }
}
