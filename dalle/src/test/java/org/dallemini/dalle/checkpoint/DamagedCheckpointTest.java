package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DamagedCheckpointTest {
    private static final byte[] SIX_FLOATS = FlaxBytes.elements("float32", 1, 2, 3, 4, 5, 6);

    @TempDir
    Path folder;

    @Test
    void shouldNameAMissingParameter() throws IOException {
        write(Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, 2, 3)));
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.weight("b"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(folder + "/flax_model.msgpack: b is missing");
            assertThatThrownBy(() -> checkpoint.layerWeight("layer", 1, "kernel"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("layer_1/kernel is missing");
        }
    }

    @Test
    void shouldNameAParameterOfTheWrongShape() throws IOException {
        write(Map.of(
                "a",
                FlaxBytes.array("float32", SIX_FLOATS, 2, 3),
                "layers",
                Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, 2, 3))));
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.weight("a", 3, 2))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a is float32 [2, 3], but [3, 2] is needed");
            assertThatThrownBy(() -> checkpoint.layerWeight("layer", 1, "a", 4))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("layers/a is float32 [2, 3], but [4] for each layer is needed");
            assertThatThrownBy(() -> checkpoint.layerWeight("layer", 2, "a"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("layers/a is float32 [2, 3] and has no layer 2");
        }
    }

    @Test
    void shouldNameAParameterOfATypeThatIsNoWeight() throws IOException {
        write(Map.of("a", FlaxBytes.array("int32", SIX_FLOATS, 2, 3)));
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.weight("a"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a is int32 [2, 3]; weights must be float32, float16 or bfloat16");
        }
    }

    @Test
    void shouldSayWhereAFileIsCutOff() throws IOException {
        // Given
        byte[] whole = FlaxBytes.write(Map.of("a", Map.of("b", FlaxBytes.array("float32", SIX_FLOATS, 2, 3))));
        for (int length = 1; length < whole.length; length++) {

            // When
            Files.write(folder.resolve("flax_model.msgpack"), Arrays.copyOf(whole, length));

            // Then
            assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("cut off, at byte " + length);
        }
    }

    @Test
    void shouldNoticeAFileThatShrinksAfterItWasOpened() throws IOException {
        // Given
        write(Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, 2, 3)));
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            Weight weight = checkpoint.weight("a");

            // When
            Files.write(folder.resolve("flax_model.msgpack"), new byte[10]);

            // Then
            assertThatThrownBy(weight::read)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a ends early");
        }
    }

    @Test
    void shouldNameArraysWhoseBytesDoNotFitTheirShape() throws IOException {
        for (long[] shape : new long[][] {{2, 2}, {}, {7}, {0}, {1L << 62, 4}, {1L << 40, 1L << 40}, {-2, -3}}) {
            write(Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, shape)));
            assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("flax_model.msgpack: a has ");
        }
    }

    @Test
    void shouldRefuseChunksThatDoNotBelongTogether() throws IOException {
        // Given
        Map<String, Object> sound = FlaxBytes.chunked("float32", SIX_FLOATS, 8, 4, 2, 3);
        Map<String, Object> gap = FlaxBytes.chunked("float32", SIX_FLOATS, 8, 4, 2, 3);
        gap.put(
                "chunks",
                Map.of(
                        "0",
                        FlaxBytes.array("float32", new byte[4], 1),
                        "2",
                        FlaxBytes.array("float32", new byte[4], 1)));
        Map<String, Object> mixed = new LinkedHashMap<>(sound);
        mixed.put(
                "chunks",
                Map.of(
                        "0",
                        FlaxBytes.array("float32", new byte[4], 1),
                        "1",
                        FlaxBytes.array("float16", new byte[4], 2)));
        Map<String, Object> none = new LinkedHashMap<>(sound);
        none.put("chunks", Map.of());
        Map<String, Object> noShape = new LinkedHashMap<>(sound);
        noShape.remove("shape");
        Map<String, Object> negative = new LinkedHashMap<>(sound);
        negative.put("shape", Map.of("0", -6L));

        for (Map<String, Object> chunks : List.of(gap, mixed, none, noShape, negative)) {
            // When
            write(Map.of("a", chunks));

            // Then
            assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a is in chunks, but not with");
        }

        // When / Then
        Map<String, Object> tooShort = new LinkedHashMap<>(sound);
        tooShort.put("shape", Map.of("0", 7L));
        write(Map.of("a", tooShort));
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a has 24 bytes, which is not float32 [7]");
    }

    @ParameterizedTest
    @CsvSource({
        "c0, its root is not as, nil where the root map should be",
        "81a161c0, a is neither an array nor a map, nil for an array",
        "81a161a162, a is a STRING, a string for an array",
        "81a1619101, a is a ARRAY, a list for an array",
        "8101c0, its root is not as, a number for a name",
        "82a16180a16180, a is there twice, the same name twice",
        "81a161c1, a is not as, the byte that msgpack never uses",
        "81a16180ff, ends at byte 4, bytes after the end",
        "dfffffffff, damaged, more parameters than memory",
        "81dbffffffff, damaged, a name of 4 GiB",
        "81dbffffff7f61, damaged, a name of 4 GiB",
        "81a161c9ffffffff01, damaged, an array of 4 GiB",
        "81a161c97fffffff01939100a7666c6f61743332c67ffffff0, damaged, bytes in a place for, an array of 2 GiB",
        "81a161c70002, unknown extension type 2, a complex number",
        "81a161c7030193ddffffffff, damaged, a shape of 4 G axes",
        "81a1ffc0, its root is not as, a name that is not UTF-8",
    })
    void shouldRefuseWhatFlaxDoesNotWrite(String hex, String message, String what) throws IOException {
        Files.write(folder.resolve("flax_model.msgpack"), HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .as(what)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(folder.resolve("flax_model.msgpack").toString())
                .hasMessageContaining(message);
    }

    @Test
    void shouldRefuseAbsurdNesting() throws IOException {
        // Given: {"a": {"a": {"a": ...
        Files.write(folder.resolve("flax_model.msgpack"), HexFormat.of().parseHex("81a161".repeat(1_000_000)));

        // When / Then
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is nested too deep");
    }

    @Test
    void shouldNameAMissingFile() {
        assertThatThrownBy(() -> FlaxCheckpoint.openFile(folder.resolve("nothing.msgpack")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("nothing.msgpack is missing");
    }

    @Test
    void shouldRefuseShardsThatDoNotFitTheirIndex() throws IOException {
        // Given
        Path index = folder.resolve("flax_model.msgpack.index.json");
        Files.write(
                folder.resolve("one.msgpack"), FlaxBytes.write(Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, 6))));

        // When / Then: a file that is not there
        Files.writeString(index, "{\"weight_map\": {\"a\": \"one.msgpack\", \"b\": \"two.msgpack\"}}");
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("two.msgpack is missing");

        // When / Then: an array that is not in its file
        Files.write(
                folder.resolve("two.msgpack"), FlaxBytes.write(Map.of("c", FlaxBytes.array("float32", SIX_FLOATS, 6))));
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("index.json: b should be in two.msgpack, but is not");

        // When / Then: an array in two files
        Files.write(
                folder.resolve("two.msgpack"), FlaxBytes.write(Map.of("a", FlaxBytes.array("float32", SIX_FLOATS, 6))));
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("a is in one.msgpack too");
    }

    private void write(Map<String, ?> tree) throws IOException {
        Files.write(folder.resolve("flax_model.msgpack"), FlaxBytes.write(tree));
    }
}
