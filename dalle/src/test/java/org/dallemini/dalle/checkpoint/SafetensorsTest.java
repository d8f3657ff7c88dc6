package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.SafetensorsForm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final String FLAX = "'__metadata__':{'format':'flax'},";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model.safetensors");
    }

    /** What the genuine library wrote, see make.py beside it. */
    static byte[] golden() throws IOException {
        try (InputStream in = SafetensorsTest.class.getResourceAsStream("safetensors/model.safetensors")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    @Test
    void shouldReadWhatTheGenuineLibraryWrites() throws IOException {
        // Given
        Files.write(file, golden());

        // When
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {

            // Then
            String dense = "model/decoder/layers/FlaxBartDecoderLayers/GLU_0/Dense_0/kernel";
            assertThat(checkpoint.entries())
                    .containsOnlyKeys(
                            "model/encoder/embed_tokens/embedding", dense, "lm_head/kernel", "scalar", "empty", "step");
            assertThat(floats(checkpoint.weight("model/encoder/embed_tokens/embedding", 2, 3)))
                    .containsExactly(1, -2, 3.5f, 0, 1e-30f, 65504);
            assertThat(floats(checkpoint.layerWeight(
                            "model/decoder/layers/FlaxBartDecoderLayer", 0, "GLU_0/Dense_0/kernel", 2, 2)))
                    .containsExactly(0.5f, -1, 65504, 0x1p-24f);
            assertThat(floats(checkpoint.weight("lm_head/kernel", 3, 1))).containsExactly(1, -2.5f, 0x1p100f);
            assertThat(floats(checkpoint.weight("scalar"))).containsExactly(7);
            assertThat(floats(checkpoint.weight("empty", 0, 4))).isEmpty();
            assertThat(checkpoint.isStacked()).isTrue();
            assertThatThrownBy(() -> checkpoint.weight("step"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("step is I32 [2]; weights must be float32, float16 or bfloat16");
        }
    }

    @Test
    void shouldReadTheSameArraysAsFromMsgpack() throws IOException {
        for (Goldens.Set set : Goldens.open().vqganSets()) {
            for (Path original : new Path[] {set.bart(), set.vqgan()}) {
                // Given
                Path copy = Files.createDirectories(folder.resolve(set.name()).resolve(original.getFileName()));
                Files.copy(original.resolve("flax_model.msgpack"), copy.resolve("flax_model.msgpack"));
                SafetensorsForm.convert(copy);

                // When
                try (FlaxCheckpoint msgpack = FlaxCheckpoint.open(original);
                        FlaxCheckpoint safetensors = FlaxCheckpoint.open(copy)) {

                    // Then
                    assertThat(safetensors.entries().keySet())
                            .isEqualTo(msgpack.entries().keySet());
                    for (String path : msgpack.entries().keySet()) {
                        assertThat(safetensors.weight(path).shape())
                                .isEqualTo(msgpack.weight(path).shape());
                        assertThat(floats(safetensors.weight(path))).isEqualTo(floats(msgpack.weight(path)));
                    }
                }
            }
        }
    }

    @Test
    void shouldReadMsgpackWhereBothAreThere() throws IOException {
        // Given
        Files.write(file, golden());
        byte[] one = FlaxBytes.elements("float32", 1);
        Files.write(
                folder.resolve("flax_model.msgpack"),
                FlaxBytes.write(FlaxBytes.tree(Map.of("a", FlaxBytes.array("float32", one, 1)))));

        // When / Then
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(folder)) {
            assertThat(checkpoint.entries()).containsOnlyKeys("a");
        }
    }

    @Test
    void shouldSayWhereAFileIsCutOff() throws IOException {
        byte[] whole = golden();
        for (int length = 1; length < whole.length; length++) {
            Files.deleteIfExists(file); // file systems wait for the disk where a file is overwritten
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                    .as("%d bytes", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file + ": reaches to byte ")
                    .hasMessageContaining("but the file is cut off, at byte " + length + "; copy it again");
        }
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | format = nothing | no metadata",
                "{'__metadata__':{'format':'pt'},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}"
                        + " | format = \"pt\" | PyTorch's names",
                "{'__metadata__':{'format':'np'}} | use flax_model.msgpack of the published | numpy's names",
                "{META 'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[0],'data_offsets':[4,4]}}"
                        + " | not JSON | a name twice",
                "{META 'a.b':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},'a/b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}"
                        + " | is there twice | two names for one parameter",
                "{META 'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | a has 4 bytes | bytes of another shape",
                "{META 'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,4]}} | a has 4 bytes | a shape beyond any",
                "{META 'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | has -1 among | a negative axis",
                "{META 'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}} | has 1.5 among | half an element",
                "{META 'a':{'dtype':'F32','shape':'1','data_offsets':[0,4]}} | has no dtype, shape | a shape of text",
                "{META 'a':{'dtype':'F32','shape':[1]}} | has no dtype, shape and data_offsets | no offsets",
                "{META 'a':{'dtype':4,'shape':[1],'data_offsets':[0,4]}} | has no dtype | a number as type",
                "{META 'a':[1]} | has no dtype, shape and data_offsets | a list as array",
                "{META 'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | lies from byte 4 to byte 0 | reversed",
                "{META 'a':{'dtype':'F32','shape':[1],'data_offsets':[0,9223372036854775807]}} | lies from byte 0 | an end beyond any",
                "{META 'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}}"
                        + " | begins at byte | a gap",
                "{META 'a':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},'b':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}}"
                        + " | where the one before it ends | an overlap",
                "{META 'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}} | but the file has | bytes after the end",
                "{META 'a':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}} | is cut off | bytes that are not there",
                "{META '':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}} | a name of 0 characters | no name",
                "{META } x | not JSON | text after the header",
                "[] | no JSON object | a list",
            })
    void shouldRefuseWhatIsDamaged(String header, String message, String what) throws IOException {
        // Given: four bytes of data
        byte[] bytes = SafetensorsForm.header(
                header.replace("META ", FLAX).replace(",}", "}").replace('\'', '"'));
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 4));

        // When / Then
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .as(what)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void shouldNotReserveWhatAHeaderPretendsToHave() throws IOException {
        for (long length : new long[] {-1, Long.MIN_VALUE, 0, 1, 1L << 25, Long.MAX_VALUE}) {
            byte[] bytes = new byte[64];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            Files.write(file, bytes);
            assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("has a header of " + Long.toUnsignedString(length) + " bytes");
        }
    }

    @Test
    void shouldNameShardsOfSafetensors() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
        assertThatThrownBy(() -> FlaxCheckpoint.open(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("safetensors in shards are not read");
    }

    private static float[] floats(Weight weight) throws IOException {
        FloatBuffer data = weight.read().data();
        float[] floats = new float[data.capacity()];
        data.get(0, floats);
        return floats;
    }
}
