package org.dallemini.dalle.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.cache.PrepareListener;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomModelTest {
    private final Goldens.Set small = Goldens.open().vqganSets().get(0);

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWriteAModelThatReads(boolean half) throws IOException {
        // When
        List<String> told = new ArrayList<>();
        ModelFolder model = write("model", half, 1, (what, done, total) -> told.add(what + " " + done + "/" + total));

        // Then
        assertThat(model.bart().resolve("tokenizer.json"))
                .hasSameBinaryContentAs(small.bart().resolve("tokenizer.json"));
        assertThat(told.get(told.size() - 1)).matches("dalle-bart (\\d+)/\\1");
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(model.bart())) {
            ParameterShapes.of(BartConfig.read(model.bart()), true)
                    .forEach((path, shape) ->
                            assertThat(weights.weight(path, shape).shape()).isEqualTo(shape));
            assertThat(weights.entries())
                    .allSatisfy((path, array) -> assertThat(array.dtype()).isEqualTo(half ? "float16" : "float32"));

            // kernels [64, 65] of variance 1 / 64, and scales around 1
            FloatBuffer kernel = weights.weight("lm_head/kernel").read().data();
            double squares = 0;
            double sum = 0;
            for (int i = 0; i < kernel.capacity(); i++) {
                sum += kernel.get(i);
                squares += kernel.get(i) * kernel.get(i);
            }
            assertThat(squares / kernel.capacity()).isBetween(0.9 / 64, 1.1 / 64);
            assertThat(sum / kernel.capacity()).isBetween(-0.01, 0.01);
            FloatBuffer scale = weights.weight("model/encoder/layernorm_embedding/scale")
                    .read()
                    .data();
            for (int i = 0; i < scale.capacity(); i++) {
                assertThat(scale.get(i)).isBetween(0.9f, 1.1f);
            }
        }
    }

    @Test
    void shouldRepeatItselfWithASeed() throws IOException {
        // When
        Path first = write("first", true, 7, PrepareListener.NONE).bart().resolve("flax_model.msgpack");
        Path same = write("same", true, 7, PrepareListener.NONE).bart().resolve("flax_model.msgpack");
        Path other = write("other", true, 8, PrepareListener.NONE).bart().resolve("flax_model.msgpack");

        // Then
        assertThat(Files.mismatch(first, same)).isEqualTo(-1);
        assertThat(Files.mismatch(first, other)).isNotEqualTo(-1);
    }

    @Test
    void shouldNotOverwrite() throws IOException {
        // Given
        write("model", true, 1, PrepareListener.NONE);

        // When / Then
        assertThatThrownBy(() -> write("model", true, 1, PrepareListener.NONE))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("choose another folder");
    }

    private ModelFolder write(String name, boolean half, long seed, PrepareListener listener) throws IOException {
        return new RandomModel(half, seed, listener)
                .write(
                        temp.resolve(name),
                        Files.readAllBytes(small.bart().resolve("config.json")),
                        Files.readAllBytes(small.vqgan().resolve("config.json")),
                        ModelFolder.open(small.folder()));
    }
}
