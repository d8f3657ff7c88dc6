package org.dallemini.training.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Program;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LpipsTest {
    private static final int[] LAYERS = {0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28};
    private static final int[] CHANNELS = {3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512};
    private static final int[] BLOCKS = {64, 128, 256, 512, 512};

    @TempDir
    private Path folder;

    @BeforeAll
    static void loadTorch() {
        TrainingGoldens.load();
    }

    @Test
    void shouldTellHowFarPicturesAreApart() throws IOException {
        try (NDManager manager = Torch.newManager()) {
            // Given
            Parameters parameters = new Parameters(manager);
            Lpips.addTo(parameters, weights());
            Program program = new Program();
            String distance = Lpips.distance(program, program.input("x"), program.input("y"));
            Program.Compiled compiled = program.returning(manager, distance);
            NDArray x = manager.randomUniform(0, 1, new Shape(1, 3, 32, 32));
            NDArray near = x.add(manager.randomNormal(x.getShape()).mul(0.01));
            NDArray far = manager.randomUniform(0, 1, x.getShape());

            // When
            float none = compiled.apply(parameters, x, x).getFloat();
            float little = compiled.apply(parameters, x, near).getFloat();
            float much = compiled.apply(parameters, x, far).getFloat();

            // Then
            assertThat(none).isZero();
            assertThat(little).isPositive().isLessThan(much / 10);
        }
    }

    @Test
    void shouldWeighEachLayersDifferencesAtEachPlace() throws IOException {
        try (NDManager manager = Torch.newManager()) {
            // Given weights of 1 for all channels: vectors of length 1 that have nothing in common are 2 apart
            Parameters parameters = new Parameters(manager);
            Lpips.addTo(parameters, weights());
            Program program = new Program();
            String distance = Lpips.distance(program, program.input("x"), program.input("y"));
            Program.Compiled compiled = program.returning(manager, distance);
            NDArray x = manager.randomUniform(0, 1, new Shape(1, 3, 32, 32));
            NDArray y = manager.randomUniform(0, 1, x.getShape());

            float there = compiled.apply(parameters, x, y).getFloat();
            float back = compiled.apply(parameters, y, x).getFloat();

            assertThat(there).isBetween(0f, 2f * BLOCKS.length);
            assertThat(there).isCloseTo(back, within(1e-5f));
        }
    }

    /** Random convolutions, as a safetensors file. */
    private Path weights() throws IOException {
        Random random = new Random(7);
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"flax\"}");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        List<Object[]> arrays = new ArrayList<>();
        for (int i = 0; i < LAYERS.length; i++) {
            arrays.add(new Object[] {
                "features." + LAYERS[i] + ".weight",
                new int[] {CHANNELS[i + 1], CHANNELS[i], 3, 3},
                Math.sqrt(2.0 / (9 * CHANNELS[i]))
            });
            arrays.add(new Object[] {"features." + LAYERS[i] + ".bias", new int[] {CHANNELS[i + 1]}, 0.01});
        }
        for (int i = 0; i < BLOCKS.length; i++) {
            arrays.add(new Object[] {"lin" + i + ".weight", new int[] {1, BLOCKS[i], 1, 1}, 0.0});
        }
        for (Object[] array : arrays) {
            int[] shape = (int[]) array[1];
            int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            double deviation = (Double) array[2];
            ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < size; i++) {
                bytes.putFloat(deviation == 0 ? 1 : (float) (random.nextGaussian() * deviation));
            }
            header.append(",")
                    .append(String.format(
                            "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
                            array[0], Arrays.toString(shape), data.size(), data.size() + 4 * size));
            data.write(bytes.array());
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer length =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
        Path file = folder.resolve("lpips.safetensors");
        try (var out = Files.newOutputStream(file)) {
            out.write(length.array());
            out.write(json);
            data.writeTo(out);
        }
        return file;
    }
}
