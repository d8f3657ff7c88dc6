package org.dallemini.training.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.testing.Tolerance;
import org.dallemini.training.TrainingGoldens;
import org.dallemini.training.bart.BartNetwork;
import org.dallemini.training.bart.BartParameters;
import org.dallemini.training.torch.Dtype;
import org.dallemini.training.torch.Parameters;
import org.dallemini.training.torch.Torch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The original code reads what is written here; where it is installed as the benchmarks' peers are. */
class OriginalReadsCheckpointIT {
    private static final int SIZE = 2, SEED = 7;
    private static final float LOGITS = 1e-4f;

    private final Path peers = Path.of(System.getProperty("dallemini.root", ".."), "benchmarks", "peers");
    private final Path python = Path.of(System.getProperty(
            "dallemini.peer.python",
            peers.resolve(".venv/dalle-mini/bin/python").toString()));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"--average=0", "--unstacked"})
    void shouldReadACheckpoint(String option) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(python), "dalle-mini is not installed: benchmarks/peers/install.sh");
        // Given a checkpoint, and what the network here says
        TrainFixture fixture = TrainFixture.in(folder);
        TrainFixture.execute(fixture.vqgan("vqgan", 2));
        fixture.encode();
        TrainFixture.execute(fixture.bart("bart", 20, option));
        ModelFolder model = new ModelFolder(fixture.checkpoint("bart"));
        BartConfig config = BartConfig.read(model.bart());
        Random random = new Random(SEED);
        long[][] text = numbers(random, config.encoderVocabSize(), config.maxTextLength());
        long[][] labels = numbers(random, config.imageVocabSize(), config.imageLength());
        long[][] tokens = new long[SIZE][config.imageLength()];
        for (int i = 0; i < SIZE; i++) {
            tokens[i][0] = config.decoderStartTokenId();
            System.arraycopy(labels[i], 0, tokens[i], 1, labels[i].length - 1);
        }
        Path batch = folder.resolve("batch.json");
        Files.write(
                batch,
                new ObjectMapper()
                        .writeValueAsBytes(Map.of(
                                "input_ids", text,
                                "attention_mask", ones(config.maxTextLength()),
                                "decoder_input_ids", tokens,
                                "labels", labels)));
        float[] logits;
        TrainingGoldens.load();
        try (NDManager manager = Torch.newManager()) {
            Parameters parameters = BartParameters.read(model.bart(), config, manager);
            NDArray mask = manager.ones(new Shape(SIZE, 1, 1, config.maxTextLength()), DataType.BOOLEAN);
            logits = new BartNetwork(config, Dtype.FLOAT32, manager)
                    .logits(
                            parameters,
                            new BartNetwork.Batch(
                                    array(manager, text), mask, array(manager, tokens), array(manager, labels)))
                    .toFloatArray();
        }

        // When
        Process original = new ProcessBuilder(List.of(
                        python.toString(),
                        peers.resolve("dalle_mini_training_peer.py").toString(),
                        "--model",
                        model.path().toString(),
                        "--batch",
                        batch.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        JsonNode json = new ObjectMapper().readTree(original.getInputStream());

        // Then
        assertThat(original.waitFor()).isZero();
        float[] expected = new float[json.get("logits").size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = json.get("logits").get(i).floatValue();
        }
        Tolerance.assertClose("logits", logits, expected, LOGITS);
    }

    private static long[][] numbers(Random random, int below, int length) {
        long[][] rows = new long[SIZE][];
        Arrays.setAll(rows, i -> random.ints(length, 0, below).asLongStream().toArray());
        return rows;
    }

    private static long[][] ones(int length) {
        long[][] rows = new long[SIZE][length];
        for (long[] row : rows) {
            Arrays.fill(row, 1);
        }
        return rows;
    }

    private static NDArray array(NDManager manager, long[][] rows) {
        return manager.create(
                Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray(), new Shape(rows.length, rows[0].length));
    }
}
