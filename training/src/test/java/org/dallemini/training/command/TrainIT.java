package org.dallemini.training.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dallemini.dalle.DalleMini;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.model.ModelFolder;
import org.dallemini.dalle.precision.Precision;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.training.run.WeightsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** From pictures to a model that draws: the commands as a user calls them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainIT {
    private static final int UPDATES = 80;

    private TrainFixture fixture;

    @BeforeAll
    void train(@TempDir Path folder) throws IOException {
        fixture = TrainFixture.in(folder);
        TrainFixture.execute(fixture.vqgan("vqgan", UPDATES, "--sample-every", "40", "--checkpoint-every", "40"));
        fixture.encode();
        TrainFixture.execute(fixture.bart(
                "bart", UPDATES, "--sample-every", "80", "--evaluate-every", "40", "--sample-prompt", "a red circle"));
    }

    @Test
    void shouldLearn() throws IOException {
        assertThat(last("vqgan")).isLessThan(first("vqgan") / 2);
        assertThat(last("bart")).isLessThan(first("bart") * 0.8);
    }

    private double first(String run) throws IOException {
        return losses(run).get(0);
    }

    private double last(String run) throws IOException {
        List<Double> losses = losses(run);
        return losses.get(losses.size() - 1);
    }

    private List<Double> losses(String run) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(fixture.run(run).resolve("metrics.jsonl"))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.has("loss")) {
                losses.add(json.get("loss").doubleValue());
            }
        }
        return losses;
    }

    @Test
    void shouldWriteModelsThatThePipelineDraws(@TempDir Path cache) throws IOException {
        ModelFolder model = ModelFolder.open(fixture.checkpoint("bart"));
        var settings = new DalleMini.Settings(new ModelCache(cache), 1, 1, Precision.FP32, Precision.FP32);

        try (DalleMini drawing = DalleMini.load(model.path(), settings)) {
            RgbImage image = drawing.draw("a blue square", 7);
            assertThat(image.width()).isEqualTo(32);
        }
    }

    @Test
    void shouldTrainTheDecoderAlone() throws IOException {
        // When
        List<String> arguments = new ArrayList<>(fixture.vqgan("decoder", 10, "--decoder-only"));
        int config = arguments.indexOf("--config");
        arguments.set(config, "--from");
        arguments.set(config + 1, fixture.checkpoint("vqgan").toString());
        TrainFixture.execute(arguments);

        // Then
        try (FlaxCheckpoint before =
                        FlaxCheckpoint.open(fixture.checkpoint("vqgan").resolve("vqgan"));
                FlaxCheckpoint after =
                        FlaxCheckpoint.open(fixture.checkpoint("decoder").resolve("vqgan"))) {
            for (String name : before.entries().keySet()) {
                boolean isSame = Arrays.equals(
                        WeightsFile.floats(before.weight(name).read()),
                        WeightsFile.floats(after.weight(name).read()));
                boolean isOfDecoder = name.startsWith("decoder/") || name.startsWith("post_quant_conv/");
                assertThat(isSame).as(name).isEqualTo(!isOfDecoder);
            }
        }
    }

    @Test
    void shouldTrainTheTextEncoderAlone() throws IOException {
        // When
        List<String> arguments = fixture.bart("encoder", 10);
        int config = arguments.indexOf("--config");
        arguments.subList(config, config + 6).clear();
        String from = fixture.checkpoint("bart").toString();
        arguments.addAll(List.of("--from", from, "--encoder-only", "--gradient-checkpointing"));
        TrainFixture.execute(arguments);

        // Then
        try (FlaxCheckpoint before =
                        FlaxCheckpoint.open(fixture.checkpoint("bart").resolve("dalle-bart"));
                FlaxCheckpoint after =
                        FlaxCheckpoint.open(fixture.checkpoint("encoder").resolve("dalle-bart"))) {
            for (String name : before.entries().keySet()) {
                boolean isSame = Arrays.equals(
                        WeightsFile.floats(before.weight(name).read()),
                        WeightsFile.floats(after.weight(name).read()));
                assertThat(isSame).as(name).isEqualTo(!name.startsWith("model/encoder/"));
            }
        }
    }

    @Test
    void shouldExportTheModelInHalfTheBytes(@TempDir Path folder) throws IOException {
        // Given
        ModelFolder checkpoint = ModelFolder.open(fixture.checkpoint("bart"));
        String out = folder.resolve("model").toString();

        // When
        TrainFixture.execute(List.of("export", "--model", checkpoint.path().toString(), "--out", out));

        // Then
        ModelFolder model = ModelFolder.open(Path.of(out));
        for (Path part : List.of(Path.of("dalle-bart"), Path.of("vqgan"))) {
            try (FlaxCheckpoint before = FlaxCheckpoint.open(checkpoint.path().resolve(part));
                    FlaxCheckpoint after = FlaxCheckpoint.open(model.path().resolve(part))) {
                assertThat(after.entries().keySet()).isEqualTo(before.entries().keySet());
                for (String name : before.entries().keySet()) {
                    float[] exact = WeightsFile.floats(before.weight(name).read());
                    assertThat(after.describe(name)).contains("float16");
                    assertThat(WeightsFile.floats(after.weight(name).read()))
                            .as(name)
                            .usingComparatorWithPrecision(1e-3f)
                            .containsExactly(exact);
                }
            }
        }
        assertThat(Train.execute("export", "--model", checkpoint.path().toString(), "--out", out))
                .as("never over a model that is there")
                .isEqualTo(Train.FAILURE);
    }

    @Test
    void shouldShowHowItWent() {
        assertThat(fixture.run("vqgan").resolve("loss.svg")).content().startsWith("<svg");
        assertThat(fixture.run("vqgan").resolve("samples").resolve("0000040.png"))
                .exists();
        assertThat(fixture.run("bart").resolve("samples").resolve("0000080.png"))
                .exists();
        assertThat(fixture.run("bart").resolve("metrics.jsonl")).content().contains("\"evaluation\":{\"loss\":");
    }

    @Test
    void shouldGoOnFromAModelOfAnotherTraining() throws IOException {
        List<String> arguments = fixture.bart("tuned", 10);
        int config = arguments.indexOf("--config");
        arguments.subList(config, config + 6).clear();
        arguments.addAll(List.of("--from", fixture.checkpoint("bart").toString(), "--embeddings-only"));

        TrainFixture.execute(arguments);

        assertThat(first("tuned")).isLessThan(first("bart"));
    }

    @Test
    void shouldMeasureWhatTheModelDraws() throws IOException {
        Path prompts = fixture.run("prompts.jsonl");
        Files.writeString(prompts, """
                {"prompt": "a red circle", "kind": "name", "concepts": ["red circle"], "ground": "white", "count": 1}
                """);
        Path known = fixture.run("known");
        Files.createDirectories(known);
        Files.copy(fixture.pictures().resolve("0.png"), known.resolve("0.png"));
        Files.writeString(
                known.resolve("captions.jsonl"),
                "{\"file\": \"0.png\", \"caption\": \"a\", \"concept\": \"red circle\", \"split\": \"validation\"}");

        String printed = print(List.of(
                "evaluate",
                "--model",
                fixture.checkpoint("bart").toString(),
                "--data",
                known.toString(),
                "--prompts",
                prompts.toString(),
                "--guidance",
                "1",
                "3",
                "--output",
                "json"));

        JsonNode json = new ObjectMapper().readTree(printed);
        assertThat(json.get("pixelError").doubleValue()).isBetween(0.0, 255.0);
        assertThat(json.get("guidance 3.0").get("name first").doubleValue()).isEqualTo(1); // the only one there is
        assertThat(json.get("guidance 1.0").has("ground")).isTrue();
    }

    private static String print(List<String> arguments) {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            TrainFixture.execute(arguments);
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldRefuseToGoOnWithOtherSettings() {
        List<String> arguments = fixture.vqgan("vqgan", UPDATES);
        arguments.set(arguments.indexOf("--learning-rate") + 1, "1e-4");

        String error = fail(arguments);

        assertThat(error).contains("began with --learning-rate 0.002, not 1.0E-4");
        assertThat(fail(fixture.vqgan("vqgan", UPDATES, "--adam-epsilon", "1e-6")))
                .contains("began with --adam-epsilon 1.0E-8, not 1.0E-6");
    }

    @Test
    void shouldStopWithUpdateAndSamplesWhenTheLossIsNoNumber() {
        List<String> arguments = fixture.vqgan("broken", UPDATES);
        arguments.set(arguments.indexOf("--learning-rate") + 1, "1e30");

        String error = fail(arguments);

        assertThat(error).containsPattern("the loss of update \\d+ is NaN; its samples are \\[\\d+\\.png");
    }

    @Test
    void shouldSayWhatDoesNotFit() throws IOException {
        Path config = fixture.run("other.json");
        Files.writeString(
                config, Files.readString(fixture.bartConfig()).replace("\"image_length\": 64", "\"image_length\": 16"));
        List<String> arguments = fixture.bart("other", 1);
        arguments.set(arguments.indexOf("--config") + 1, config.toString());

        assertThat(fail(arguments)).contains("an image has 64 tokens", "16 are drawn (image_length)");
        assertThat(fail(fixture.vqgan("odd", 1, "--batch-size", "9"))).contains("--batch-size 9 cannot be shared");
    }

    private static String fail(List<String> arguments) {
        PrintStream err = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            assertThat(Train.execute(arguments.toArray(String[]::new))).isEqualTo(Train.FAILURE);
        } finally {
            System.setErr(err);
        }
        return told.toString(StandardCharsets.UTF_8);
    }
}
