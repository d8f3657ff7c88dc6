package org.dallemini.dalle.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 40, 1 << 10})
    void shouldPutMatricesSideBySideThroughABufferOfAnySize(int bufferBytes) throws IOException {
        // Given: [3, 2], [3, 1] and [3, 4] in a file, the middle one in chunks
        float[] a = {1, 2, 3, 4, 5, 6};
        float[] b = {10, 20, 30};
        float[] c = {100, 101, 102, 103, 200, 201, 202, 203, 300, 301, 302, 303};
        try (FlaxCheckpoint checkpoint = checkpoint(Map.of(
                "a", FlaxBytes.array("float16", FlaxBytes.elements("float16", a), 3, 2),
                "b", FlaxBytes.chunked("float32", FlaxBytes.elements("float32", b), 4, 4, 3, 1),
                "c", FlaxBytes.array("float32", FlaxBytes.elements("float32", c), 3, 4)))) {
            List<Weight> parts = List.of(checkpoint.weight("a"), checkpoint.weight("b"), checkpoint.weight("c"));

            // When
            Weight columns = Weight.columns(parts);

            // Then
            assertThat(columns.shape()).containsExactly(3, 7);
            float[] expected = {1, 2, 10, 100, 101, 102, 103, 3, 4, 20, 200, 201, 202, 203, 5, 6, 30, 300, 301, 302, 303
            };
            assertThat(written(columns, bufferBytes)).containsExactly(expected);
            assertThat(floats(columns.read())).containsExactly(expected);

            // When / Then: the same with a part that is computed
            Weight computed = Weight.of(parts.get(1).read());
            assertThat(written(Weight.columns(List.of(parts.get(0), computed, parts.get(2))), bufferBytes))
                    .containsExactly(expected);
        }
    }

    @Test
    void shouldTurnAConvolutionKernel() throws IOException {
        // Given: [2, 1, 3, 2] with each element saying its place
        Tensor hwio = Tensor.allocate(2, 1, 3, 2);
        for (int y = 0, at = 0; y < 2; y++) {
            for (int in = 0; in < 3; in++) {
                for (int out = 0; out < 2; out++) {
                    hwio.data().put(at++, 100 * y + 10 * in + out);
                }
            }
        }

        // When
        Weight oihw = Weight.of(hwio).hwioToOihw();

        // Then
        assertThat(oihw.shape()).containsExactly(2, 3, 2, 1);
        assertThat(floats(oihw.read())).containsExactly(0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121);
    }

    @Test
    void shouldRefuseColumnsOfDifferentHeights() {
        assertThatThrownBy(() ->
                        Weight.columns(List.of(Weight.of(Tensor.allocate(2, 3)), Weight.of(Tensor.allocate(3, 3)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same number of rows");
    }

    private FlaxCheckpoint checkpoint(Map<String, ?> arrays) throws IOException {
        Files.write(folder.resolve("flax_model.msgpack"), FlaxBytes.write(arrays));
        return FlaxCheckpoint.open(folder);
    }

    private static float[] written(Weight weight, int bufferBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        weight.writeTo(Channels.newChannel(out), ByteBuffer.allocateDirect(bufferBytes));
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    private static float[] floats(Tensor tensor) {
        float[] floats = new float[tensor.data().capacity()];
        tensor.data().get(0, floats);
        return floats;
    }
}
