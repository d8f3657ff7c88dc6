package org.dallemini.training.vqgan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.dalle.vqgan.VqganDecoder;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.data.DataException;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrownVqganTest {
    private static final int SIZE = 8;
    private static final String CONFIG = """
            {"ch": 32, "ch_mult": %s, "num_res_blocks": 1, "attn_resolutions": [4], "resolution": 8, "z_channels": 8,
             "n_embed": 64, "embed_dim": 8, "model_type": "vqgan"}""";
    private static final float EQUAL = 1e-5f;

    @TempDir
    private Path temp;

    private VqganConfig config;

    @BeforeAll
    static void loadTorch() {
        TrainingGoldens.load();
    }

    @BeforeEach
    void readConfig() throws IOException {
        config = config("[1, 2]");
    }

    private VqganConfig config(String chMult) throws IOException {
        return VqganConfig.readFile(Files.writeString(temp.resolve("old.json"), CONFIG.formatted(chMult)));
    }

    @Test
    void shouldDrawThePicturesOfTheOldOneTwiceAsLarge() throws IOException {
        try (NDManager manager = Torch.newManager()) {
            // Given: pictures in which 2 x 2 pixels are alike, whose tokens are the same then
            Parameters old = VqganParameters.initial(config, 1, manager);
            NDArray small = pictures(manager);
            NDArray large = small.repeat(2, 2).repeat(3, 2);
            VqganConfig grown = GrownVqgan.config(config);

            // When
            Parameters parameters = GrownVqgan.parameters(old, grown, 2, manager);

            // Then: the means of 2 x 2 pixels are the old one's
            NDArray expected = network(config, manager).reconstruct(old, small);
            NDArray actual = network(grown, manager).reconstruct(parameters, large);
            assertThat(actual.getShape()).isEqualTo(new Shape(2, 3, 2 * SIZE, 2 * SIZE));
            NDArray means =
                    actual.reshape(2, 3, SIZE, 2, SIZE, 2).mean(new int[] {5}).mean(new int[] {3});
            assertThat(means.toFloatArray())
                    .usingComparatorWithPrecision(EQUAL)
                    .containsExactly(expected.toFloatArray());
        }
    }

    @Test
    void shouldGiveTheTokensOfTheOldOneForPicturesOfAlikePixels() {
        try (NDManager manager = Torch.newManager()) {
            Parameters old = VqganParameters.initial(config, 1, manager);
            NDArray small = pictures(manager);
            VqganConfig grown = GrownVqgan.config(config);

            Parameters parameters = GrownVqgan.parameters(old, grown, 2, manager);

            VqganNetwork.Losses expected = network(config, manager).losses(old, small, false);
            VqganNetwork.Losses actual = network(grown, manager)
                    .losses(parameters, small.repeat(2, 2).repeat(3, 2), false);
            assertThat(actual.encoded().toFloatArray())
                    .usingComparatorWithPrecision(EQUAL)
                    .containsExactly(expected.encoded().toFloatArray());
            assertThat(actual.tokens().toLongArray())
                    .isEqualTo(expected.tokens().toLongArray());
        }
    }

    @Test
    void shouldBeReadByThePipeline() throws IOException {
        VqganConfig grown = GrownVqgan.config(config);
        Path folder = Files.createDirectories(temp.resolve("vqgan"));
        try (NDManager manager = Torch.newManager()) {
            Parameters old = VqganParameters.initial(config, 1, manager);
            byte[] oldFile = Files.readAllBytes(temp.resolve("old.json"));

            Files.write(folder.resolve(CheckpointFiles.CONFIG), GrownVqgan.configFile(oldFile, grown));
            VqganParameters.write(
                    folder.resolve(CheckpointFiles.WEIGHTS), GrownVqgan.parameters(old, grown, 2, manager), grown);
        }

        assertThat(VqganConfig.read(folder)).isEqualTo(grown);
        assertThat(Files.readString(folder.resolve(CheckpointFiles.CONFIG))).contains("model_type");
        try (VqganDecoder decoder = VqganDecoder.open(folder, new ModelCache(temp), new Sessions(1), Precision.FP32)) {
            RgbImage picture = decoder.decode(new int[grown.gridSize() * grown.gridSize()]);
            assertThat(List.of(picture.width(), picture.height())).containsOnly(2 * SIZE);
        }
    }

    @Test
    void shouldSayWhatCannotBeGrown() {
        assertThatThrownBy(() -> GrownVqgan.config(config("[2, 2]")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("ch_mult [2, 2]");
    }

    private static VqganNetwork network(VqganConfig config, NDManager manager) {
        return new VqganNetwork(config, VqganNetwork.LossWeights.DEFAULTS, false, Dtype.FLOAT32, manager);
    }

    private static NDArray pictures(NDManager manager) {
        return manager.randomUniform(0, 1, new Shape(2, 3, SIZE, SIZE));
    }
}
