package org.dallemini.training.vqgan;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.config.ParameterShapes;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.dalle.testing.Tolerance;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VqganNetworkGoldenTest {
    private static final float ENCODED = 1e-4f;
    private static final double BFLOAT16 = 0.1; // through all layers; each rounds by up to 0.4 %

    @TempDir
    private Path temp;

    static List<Goldens.Set> sets() {
        return Goldens.open().vqganSets();
    }

    @BeforeAll
    static void loadTorch() {
        TrainingGoldens.load();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldEncodeAsTheOriginal(Goldens.Set set) throws IOException {
        VqganConfig config = VqganConfig.read(set.vqgan());
        try (NDManager manager = Torch.newManager()) {
            VqganNetwork network =
                    new VqganNetwork(config, VqganNetwork.LossWeights.DEFAULTS, false, Dtype.FLOAT32, manager);
            Parameters parameters = VqganParameters.read(set.vqgan(), config, manager);

            VqganNetwork.Losses losses = network.losses(parameters, images(set, manager), false);

            Tolerance.assertClose(
                    "encoded",
                    losses.encoded().toFloatArray(),
                    set.golden().array("vq_encoded").floats(),
                    ENCODED);
            assertThat(losses.tokens().toLongArray())
                    .isEqualTo(set.golden().array("vq_encoded_indices").longs());
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldBringPicturesBackAsThePipelineDoes(Goldens.Set set) throws IOException {
        VqganConfig config = VqganConfig.read(set.vqgan());
        try (NDManager manager = Torch.newManager();
                VqganDecoder decoder =
                        VqganDecoder.open(set.vqgan(), new ModelCache(temp), new Sessions(1), Precision.FP32)) {
            VqganNetwork network =
                    new VqganNetwork(config, VqganNetwork.LossWeights.DEFAULTS, false, Dtype.FLOAT32, manager);
            Parameters parameters = VqganParameters.read(set.vqgan(), config, manager);
            NDArray images = images(set, manager);
            long[] tokens = network.losses(parameters, images, false).tokens().toLongArray();

            float[] pictures = network.reconstruct(parameters, images).toFloatArray();

            int size = config.resolution();
            int grid = config.gridSize() * config.gridSize();
            for (int i = 0; i < images.getShape().get(0); i++) {
                int[] own = new int[grid];
                for (int j = 0; j < grid; j++) {
                    own[j] = (int) tokens[i * grid + j];
                }
                RgbImage expected = decoder.decode(own);
                var picture = PictureBatches.picture(pictures, i, size);
                for (int pixel = 0; pixel < size * size; pixel++) {
                    int rgb = picture.getRGB(pixel % size, pixel / size);
                    for (int colour = 0; colour < 3; colour++) {
                        int actual = rgb >> 8 * (2 - colour) & 0xff;
                        assertThat(Math.abs(actual - (expected.rgb()[3 * pixel + colour] & 0xff)))
                                .isLessThanOrEqualTo(1);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldEncodeAlmostTheSameInBfloat16(Goldens.Set set) throws IOException {
        VqganConfig config = VqganConfig.read(set.vqgan());
        try (NDManager manager = Torch.newManager()) {
            VqganNetwork network =
                    new VqganNetwork(config, VqganNetwork.LossWeights.DEFAULTS, false, Dtype.BFLOAT16, manager);
            Parameters parameters = VqganParameters.read(set.vqgan(), config, manager);

            VqganNetwork.Losses losses = network.losses(parameters, images(set, manager), false);

            float[] encoded = losses.encoded().toFloatArray();
            float[] expected = set.golden().array("vq_encoded").floats();
            assertThat(TrainingGoldens.distance(encoded, expected))
                    .isLessThan(BFLOAT16 * TrainingGoldens.norm(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void shouldWriteTheWeightsThatItHasRead(Goldens.Set set) throws IOException {
        VqganConfig config = VqganConfig.read(set.vqgan());
        Path file = temp.resolve("flax_model.msgpack");
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = VqganParameters.read(set.vqgan(), config, manager);

            VqganParameters.write(file, parameters, config);
        }
        SortedMap<String, long[]> shapes = ParameterShapes.of(config);
        try (FlaxCheckpoint before = FlaxCheckpoint.open(set.vqgan());
                FlaxCheckpoint after = FlaxCheckpoint.openFile(file)) {
            for (String name : shapes.keySet()) {
                assertThat(after.weight(name).read().bytes())
                        .as(name)
                        .isEqualTo(before.weight(name).read().bytes());
            }
        }
    }

    /** [N, 3, size, size], of [N, size, size, 3] in the file. */
    private static NDArray images(Goldens.Set set, NDManager manager) {
        Npy images = set.golden().array("vq_images");
        return manager.create(images.floats(), new Shape(images.longShape())).transpose(0, 3, 1, 2);
    }
}
