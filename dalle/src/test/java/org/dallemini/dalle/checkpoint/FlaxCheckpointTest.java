package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

class FlaxCheckpointTest {
    private static final String LAYER = "model/encoder/layers/FlaxBartEncoderLayer", KERNEL = "q_proj/kernel";

    @TempDir
    Path folder;

    static Stream<Arguments> forms() {
        return Stream.of("float32", "float16", "bfloat16").flatMap(dtype -> Stream.of(true, false)
                .flatMap(stacked -> Stream.of(true, false).flatMap(chunked -> Stream.of(true, false)
                        .map(shards -> Arguments.of(dtype, stacked, chunked, shards)))));
    }

    @ParameterizedTest(name = "{0}, stacked {1}, chunked {2}, shards {3}")
    @MethodSource("forms")
    void shouldReadEveryForm(String dtype, boolean stacked, boolean chunked, boolean shards) throws IOException {
        // Given: three layers of [2, 4], element = layer * 10 + position / 8, and a table of one row
        int layers = 3;
        float[] values = new float[layers * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 8 * 10 + i % 8 / 8f;
        }
        Map<String, Object> arrays = new LinkedHashMap<>();
        if (stacked) {
            arrays.put(LAYER + "s/" + KERNEL, array(dtype, chunked, values, layers, 2, 4));
        } else {
            for (int i = 0; i < layers; i++) {
                float[] layer = Arrays.copyOfRange(values, i * 8, i * 8 + 8);
                arrays.put(LAYER + "_" + i + "/" + KERNEL, array(dtype, chunked, layer, 2, 4));
            }
        }
        arrays.put("table", array(dtype, false, new float[] {-1, -2, 0.5f}, 1, 3));
        save(arrays, shards);

        // When
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {

            // Then
            assertThat(checkpoint.has("table")).isTrue();
            assertThat(checkpoint.has("chair")).isFalse();
            assertThat(floats(checkpoint.weight("table"))).containsExactly(-1, -2, 0.5f);
            assertThat(checkpoint.weight("table", 1, 3).shape()).containsExactly(1, 3);
            assertThat(checkpoint.entries())
                    .hasEntrySatisfying("table", a -> assertThat(a.dtype()).isEqualTo(dtype));
            for (int i = 0; i < layers; i++) {
                assertThat(checkpoint.hasLayer(LAYER, i, KERNEL)).isTrue();
                Weight weight = checkpoint.layerWeight(LAYER, i, KERNEL, 2, 4);
                assertThat(weight.shape()).containsExactly(2, 4);
                float first = i * 10f;
                assertThat(floats(weight))
                        .containsExactly(
                                first,
                                first + 0.125f,
                                first + 0.25f,
                                first + 0.375f,
                                first + 0.5f,
                                first + 0.625f,
                                first + 0.75f,
                                first + 0.875f);
            }
            assertThat(checkpoint.hasLayer(LAYER, 0, "k_proj/kernel")).isFalse();
        }
    }

    @Test
    void shouldReadTheGoldens() throws IOException {
        for (Goldens.Set set : Goldens.open().sets()) {
            requireSame(set.bart(), set.json());
            if (set.hasVqgan()) {
                requireSame(set.vqgan(), set.vqganJson());
            }
        }
    }

    private static void requireSame(Path checkpointFolder, JsonNode json) throws IOException {
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(checkpointFolder)) {
            Map<String, String> expected = new TreeMap<>();
            json.get("params")
                    .properties()
                    .forEach(p -> expected.put(
                            p.getKey(),
                            p.getValue().get(1).asText() + " "
                                    + p.getValue().get(0).toString().replace(",", ", ")));
            Map<String, String> actual = new TreeMap<>();
            checkpoint.entries().forEach((path, array) -> actual.put(path, array.describe()));
            assertThat(actual).isEqualTo(expected);
            for (String path : actual.keySet()) {
                for (float value : floats(checkpoint.weight(path))) {
                    assertThat(value).as(path).isFinite();
                }
            }
        }
    }

    @Test
    void shouldReadBeyondFourGigabytes() throws IOException {
        // Given: 5 GiB of holes in five chunks, stacked [5120, 2^18], and the last element set
        long chunk = 1L << 30;
        Path file = folder.resolve("flax_model.msgpack");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(1).packString("layers").packMapHeader(1).packString("kernel");
            packer.packMapHeader(3).packString("__msgpack_chunked_array__").packBoolean(true);
            packer.packString("shape").packMapHeader(2);
            packer.packString("0").packInt(5120).packString("1").packInt(1 << 18);
            packer.packString("chunks").packMapHeader(5);
            for (int i = 0; i < 5; i++) {
                packer.packString(Integer.toString(i));
                byte[] payload = header(chunk);
                packer.packExtensionTypeHeader((byte) 1, Math.toIntExact(payload.length + chunk));
                packer.writePayload(payload);
                out.write(ByteBuffer.wrap(packer.toByteArray()));
                packer.clear();
                out.position(out.position() + chunk);
            }
            ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            out.position(out.position() - 4);
            out.write(last.putFloat(0, 42));
        }

        // When
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            float[] row = floats(checkpoint.layerWeight("layer", 5119, "kernel"));

            // Then
            assertThat(row).hasSize(1 << 18);
            assertThat(row[row.length - 1]).isEqualTo(42);
            assertThat(row[0]).isZero();
        }
    }

    private static byte[] header(long bytes) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(3).packArrayHeader(1).packLong(bytes / 4);
            packer.packString("float32").packBinaryHeader((int) bytes);
            return packer.toByteArray();
        }
    }

    private static Object array(String dtype, boolean chunked, float[] values, long... shape) {
        byte[] data = FlaxBytes.elements(dtype, values);
        int width = data.length / values.length;
        // chunks of two elements: more than ten of them, where "10" sorts before "9", and cuts within layers
        return chunked ? FlaxBytes.chunked(dtype, data, 2 * width, width, shape) : FlaxBytes.array(dtype, data, shape);
    }

    private void save(Map<String, Object> arrays, boolean shards) throws IOException {
        if (!shards) {
            Files.write(folder.resolve("flax_model.msgpack"), FlaxBytes.write(FlaxBytes.tree(arrays)));
            return;
        }
        Map<String, String> index = new TreeMap<>();
        for (Map.Entry<String, Object> array : arrays.entrySet()) {
            String file = "flax_model-%05d-of-%05d.msgpack".formatted(index.size() + 1, arrays.size());
            index.put(array.getKey(), file);
            Map<String, Object> one = Map.of(array.getKey(), array.getValue());
            Files.write(folder.resolve(file), FlaxBytes.write(FlaxBytes.tree(one)));
        }
        new ObjectMapper()
                .writeValue(
                        folder.resolve("flax_model.msgpack.index.json").toFile(),
                        Map.of("metadata", Map.of("total_size", 1), "weight_map", index));
    }

    private static float[] floats(Weight weight) throws IOException {
        float[] floats = new float[Math.toIntExact(weight.bytes() / 4)];
        weight.read().data().get(0, floats);
        return floats;
    }
}
