package org.dallemini.dalle.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.checkpoint.FlaxWriter;
import org.dallemini.dalle.checkpoint.StoredArray;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsFitTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Goldens.Set APART = Goldens.open().sets().get(0);
    private static final Goldens.Set STACKED = Goldens.open().sets().get(1);

    @TempDir
    Path temp;

    private Path bart;

    @BeforeEach
    void makeRoom() throws IOException {
        bart = Files.createDirectory(temp.resolve("dalle-bart"));
    }

    @Test
    void shouldAcceptEveryGolden() throws IOException {
        for (Goldens.Set set : Goldens.open().vqganSets()) {
            assertThat(WeightsFit.problems(set.bart(), BartConfig.read(set.bart()), true))
                    .isEmpty();
            assertThat(WeightsFit.problems(set.vqgan(), VqganConfig.read(set.vqgan()), true))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "encoder_layers, -1, encoder/layers/FlaxBartEncoderLayer",
        "encoder_layers, 1, encoder/layers/FlaxBartEncoderLayer",
        "decoder_layers, -1, decoder/layers/FlaxBartDecoderLayer",
        "decoder_layers, 1, decoder/layers/FlaxBartDecoderLayer",
        "encoder_vocab_size, -1, encoder/embed_tokens/embedding",
        "encoder_vocab_size, 1, encoder/embed_tokens/embedding",
        "image_vocab_size, 1, lm_head/kernel",
        "image_length, 1, decoder/embed_positions/embedding",
        "max_text_length, -1, encoder/embed_positions/embedding",
        "encoder_ffn_dim, 1, GLU_0",
        "decoder_ffn_dim, -1, GLU_0",
    })
    void shouldNameTheParametersThatAConfigurationDoesNotFit(String key, int change, String parameter)
            throws IOException {
        for (Goldens.Set set : new Goldens.Set[] {APART, STACKED}) {
            // Given
            Files.copy(
                    set.bart().resolve(CheckpointFiles.WEIGHTS),
                    bart.resolve(CheckpointFiles.WEIGHTS),
                    StandardCopyOption.REPLACE_EXISTING);
            ObjectNode config = (ObjectNode)
                    JSON.readTree(set.bart().resolve(CheckpointFiles.CONFIG).toFile());
            config.put(key, config.get(key).asInt() + change);
            Files.writeString(bart.resolve(CheckpointFiles.CONFIG), config.toString());

            // When / Then
            assertThatThrownBy(() -> WeightsFit.require(bart, BartConfig.read(bart)))
                    .as("%s of %s", key, set)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(bart.resolve(CheckpointFiles.WEIGHTS).toString())
                    .hasMessageContaining(parameter)
                    .hasMessageContaining("belong");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "model/encoder/layers/FlaxBartEncoderLayer_0/FlaxBartAttention_0/q_proj/bias, true",
        "model/decoder/layers/FlaxBartDecoderLayer_0/LayerNorm_0/scale, true",
        "model/decoder/final_ln/scale, true",
        "lm_head/bias, true",
        "opt_state/0/count, false",
        "loss/discriminator/kernel, false",
    })
    void shouldRefuseParametersOfAnotherArchitectureAlone(String parameter, boolean refused) throws IOException {
        // Given
        write(parameter, 0);

        // When / Then
        if (refused) {
            assertThat(WeightsFit.problems(bart, BartConfig.read(APART.bart()), false))
                    .singleElement()
                    .asString()
                    .contains(parameter + " is float32 [3], but " + bart.resolve("config.json") + " speaks of no such");
        } else {
            assertThat(WeightsFit.problems(bart, BartConfig.read(APART.bart()), false))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void shouldNameValuesThatAreNoNumbers(float value) throws IOException {
        // Given
        String bias = "model/encoder/layernorm_embedding/bias";
        write(bias, value);
        BartConfig config = BartConfig.read(APART.bart());

        // When / Then: conversion reads the same way
        assertThat(WeightsFit.problems(bart, config, false)).isEmpty();
        assertThat(WeightsFit.problems(bart, config, true))
                .singleElement()
                .asString()
                .contains(bart + "/flax_model.msgpack: " + bias + " is float32 [", "has " + value + " as element 2");
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(bart)) {
            assertThatThrownBy(() -> checkpoint.weight(bias).read()).isInstanceOf(ModelException.class);
        }
    }

    @Test
    void shouldNotPrintHundredsOfProblems() throws IOException {
        // Given: a VQGAN in place of the text model
        Files.copy(APART.vqgan().resolve(CheckpointFiles.WEIGHTS), bart.resolve(CheckpointFiles.WEIGHTS));

        // When / Then
        assertThat(WeightsFit.problems(bart, BartConfig.read(APART.bart()), false))
                .hasSize(21)
                .last()
                .asString()
                .matches(".*dalle-bart: \\d+ more parameters do not fit");
    }

    /** The weights of the goldens in float32, with one parameter more or another value as the third of a parameter. */
    private void write(String parameter, float third) throws IOException {
        try (FlaxCheckpoint original = FlaxCheckpoint.open(APART.bart())) {
            SortedMap<String, long[]> shapes = new TreeMap<>();
            for (StoredArray array : original.entries().values()) {
                shapes.put(array.path(), array.shape());
            }
            shapes.putIfAbsent(parameter, new long[] {3});
            FlaxWriter.write(bart.resolve(CheckpointFiles.WEIGHTS), shapes, new FlaxWriter.Elements() {
                private ByteBuffer bytes = ByteBuffer.allocate(0);

                @Override
                public String dtype() {
                    return "float32";
                }

                @Override
                public int width() {
                    return Float.BYTES;
                }

                @Override
                public void begin(String path, long[] shape) {
                    bytes = original.has(path)
                            ? read(original.weight(path))
                            : ByteBuffer.allocate(3 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    if (path.equals(parameter)) {
                        bytes.putFloat(2 * Float.BYTES, third);
                    }
                }

                @Override
                public void fill(ByteBuffer block) {
                    ByteBuffer part = bytes.slice(bytes.position(), block.remaining());
                    bytes.position(bytes.position() + block.remaining());
                    block.put(part);
                }
            });
        }
    }

    private static ByteBuffer read(Weight weight) {
        try {
            return weight.read().bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
