package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.dalle.testing.Tolerance.assertClose;

import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.dalle.testing.ShippedModel;
import org.dallemini.dalle.testing.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares decoder and encoder of the shipped model with what the original code made of its tokens. */
class ModelGoldenTest {
    private static final Goldens.Golden GOLDEN = Goldens.ofModel();

    @TempDir
    Path folder;

    /** The settings that tokens were drawn with, of which the goldens have pixels. */
    static List<String> decoded() {
        return GOLDEN.arrays("uint8_").stream()
                .map(name -> name.substring("uint8_".length()))
                .toList();
    }

    static List<String> decodedToFloats() {
        return GOLDEN.arrays("pixels_").stream()
                .map(name -> name.substring("pixels_".length()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("decodedToFloats")
    void shouldDecodeToThePixelsOfTheOriginal(String setting) throws Exception {
        // Given
        VqganConfig config = VqganConfig.read(ShippedModel.vqgan());
        Npy tokens = GOLDEN.array("tokens_" + setting);
        // a token beyond the codebook was decoded as its last row
        long[] indices = Arrays.stream(tokens.longs())
                .map(token -> Math.min(token, config.nEmbed() - 1))
                .toArray();
        Npy expected = GOLDEN.array("pixels_" + setting);

        // When
        try (FlaxCheckpoint weights = FlaxCheckpoint.open(ShippedModel.vqgan());
                GraphRun run = new GraphRun(
                        VqganGraphs.decoder(config, weights, Precision.FP32),
                        folder,
                        "indices",
                        tokens.longShape(),
                        LongBuffer.wrap(indices))) {

            // Then
            assertClose(setting, run.floats("pixels_float"), expected, 1e-4f);
        }
    }

    @ParameterizedTest
    @MethodSource("decoded")
    void shouldDecodeEveryImageToTheLevelsOfTheOriginal(String setting) throws Exception {
        // Given
        int[][] tokens = GOLDEN.array("tokens_" + setting).rows();
        Npy expected = GOLDEN.array("uint8_" + setting);

        try (ImageDecoder decoder = decoder()) {
            for (int i = 0; i < tokens.length; i++) {

                // When
                RgbImage image = decoder.decode(tokens[i]);

                // Then
                assertThat(image.width()).isEqualTo(expected.dim(2));
                assertThat(image.height()).isEqualTo(expected.dim(1));
                Levels.assertSame(image.rgb(), expected.slice(i).ints());
            }
        }
    }

    @Test
    void shouldStayNearTheOriginalWithEightBits() throws Exception {
        // Given
        int[][] tokens = GOLDEN.array("tokens_greedy").rows();
        Npy expected = GOLDEN.array("uint8_greedy");

        try (ImageDecoder decoder =
                VqganDecoder.open(ShippedModel.vqgan(), TestModels.CACHE, new Sessions(2), Precision.INT8)) {
            for (int i = 0; i < tokens.length; i++) {

                // When
                byte[] levels = decoder.decode(tokens[i]).rgb();

                // Then
                int[] exact = expected.slice(i).ints();
                long differences = 0;
                for (int j = 0; j < levels.length; j++) {
                    differences += Math.abs((levels[j] & 0xff) - exact[j]);
                }
                assertThat((double) differences / levels.length)
                        .as("mean error of a level, image %d", i)
                        .isBetween(0.01, 5.0);
            }
        }
    }

    @Test
    void shouldEncodeDecodedImagesToNearlyTheSameTokens() throws Exception {
        // Given
        int[][] tokens = GOLDEN.array("tokens_greedy").rows();
        int same = 0;
        int all = 0;

        // When
        try (ImageDecoder decoder = decoder();
                VqganEncoder encoder = VqganEncoder.open(ShippedModel.vqgan(), TestModels.CACHE, new Sessions(2))) {
            for (int[] row : tokens) {
                int[] again = encoder.encode(decoder.decode(row));
                assertThat(again).hasSize(row.length);
                for (int i = 0; i < row.length; i++) {
                    same += again[i] == row[i] ? 1 : 0;
                    all++;
                }
            }
        }

        // Then
        assertThat((double) same / all).as("share of equal tokens").isGreaterThan(0.9);
    }

    private ImageDecoder decoder() throws Exception {
        return VqganDecoder.open(ShippedModel.vqgan(), TestModels.CACHE, new Sessions(2), Precision.FP32);
    }
}
