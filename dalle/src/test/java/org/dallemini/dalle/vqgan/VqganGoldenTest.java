package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.dalle.testing.Tolerance.assertClose;

import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the graphs with what the original code (vqgan-jax) computed from the same checkpoints. */
class VqganGoldenTest {
    private static final float TOLERANCE = 1e-4f;

    @TempDir
    Path folder;

    static List<Goldens.Set> sets() {
        return Goldens.open().vqganSets();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldDecodeTokensToThePixelsOfTheOriginal(Goldens.Set set) throws Exception {
        // Given
        Goldens.Golden golden = set.golden();
        VqganConfig config = VqganConfig.read(set.vqgan());
        Npy indices = golden.array("vq_indices");

        // When
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(set.vqgan());
                GraphRun run = new GraphRun(
                        VqganGraphs.decoder(config, weights, Precision.FP32),
                        folder,
                        "indices",
                        indices.longShape(),
                        LongBuffer.wrap(indices.longs()))) {

            // Then
            assertClose("vq_pixels", run.floats("pixels_float"), golden.array("vq_pixels"), TOLERANCE);
            Levels.assertSame(
                    run.bytes("pixels"), golden.array("vq_pixels_uint8").ints());
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldEncodeImagesToTheTokensOfTheOriginal(Goldens.Set set) throws Exception {
        // Given
        Goldens.Golden golden = set.golden();
        VqganConfig config = VqganConfig.read(set.vqgan());
        Npy images = golden.array("vq_images");
        Npy encoded = golden.array("vq_encoded");

        // When
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(set.vqgan());
                GraphRun run = new GraphRun(
                        VqganGraphs.encoder(config, weights),
                        folder,
                        "images",
                        images.longShape(),
                        FloatBuffer.wrap(images.floats()))) {

            // Then
            float scale = Math.max(1, deviation(encoded.floats()));
            assertClose("vq_encoded", run.floats("encoded"), encoded, TOLERANCE * scale);
            assertThat(run.longs("indices"))
                    .isEqualTo(golden.array("vq_encoded_indices").longs());
            assertThat(run.floats("quantised"))
                    .isEqualTo(golden.array("vq_quantised").floats());
        }
    }

    /** Latents are not bounded as pixels are: their standard deviation is the unit of the error. */
    private static float deviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float v : values) {
            sum += v;
            squares += (double) v * v;
        }
        double mean = sum / values.length;
        return (float) Math.sqrt(squares / values.length - mean * mean);
    }
}
