package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.imageio.ImageIO;
import org.dallemini.dalle.bart.BartModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIPPED = InProcess.ROOT.resolve("models/shapes");

    @TempDir
    Path temp;

    @Test
    void shouldInspectTheShippedModel() throws IOException {
        // When
        InProcess inspect = run("models", "inspect", "--output", "json");

        // Then
        assertThat(inspect.exitCode()).isEqualTo(ExitCode.OK);
        JsonNode facts = JSON.readTree(inspect.out());
        assertThat(facts.at("/name").asText()).isEqualTo("shapes");
        assertThat(facts.at("/complete").asBoolean()).isTrue();
        assertThat(facts.at("/problems")).isEmpty();
        assertThat(facts.at("/prepared")).isEmpty();
        assertThat(facts.at("/dalleBart/revision").asText()).matches("[0-9a-f]{64}");
        assertThat(facts.at("/dalleBart/config/dModel").asInt()).isEqualTo(192);
        assertThat(facts.at("/dalleBart/config/encoderLayers").asInt()).isEqualTo(3);
        assertThat(facts.at("/dalleBart/weights/stacked").asBoolean()).isTrue();
        assertThat(facts.at("/dalleBart/weights/dtypes/0").asText()).isEqualTo("float32");
        assertThat(facts.at("/dalleBart/weights/bytes").asLong())
                .isEqualTo(Files.size(SHIPPED.resolve("dalle-bart/flax_model.msgpack")))
                .isGreaterThan(4 * facts.at("/dalleBart/weights/parameters").asLong());
        assertThat(facts.at("/vqgan/config/nEmbed").asInt()).isEqualTo(1024);
        assertThat(facts.at("/vqgan/gridSize").asInt()).isEqualTo(8);
    }

    /** By a small CLIP with random weights, whose opinion means nothing. */
    @Test
    void shouldScoreAModelByAClip() throws IOException {
        // Given
        String clip = InProcess.ROOT
                .resolve("clip/src/test/resources/org/dallemini/clip/quick-gelu")
                .toString();
        Path captions = Files.writeString(temp.resolve("captions.txt"), "a red circle\n\na blue star\n");

        // When
        InProcess scored =
                run("models", "score", "--clip", clip, "--captions", captions.toString(), "--output", "json");
        InProcess noClip = run("models", "score", "--clip", temp.toString(), "--captions", captions.toString());
        Files.writeString(captions, "one\n");
        InProcess tooFew = run("models", "score", "--clip", clip, "--captions", captions.toString());

        // Then
        assertThat(scored.exitCode()).as(scored.err()).isEqualTo(ExitCode.OK);
        JsonNode score = JSON.readTree(scored.out());
        assertThat(score.get("captions").asInt()).isEqualTo(2);
        assertThat(score.get("score").asDouble()).isBetween(-100.0, 100.0);
        assertThat(score.get("standardError").asDouble()).isPositive();
        assertThat(noClip.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(noClip.err()).contains("openai/clip-vit-base-patch32");
        assertThat(tooFew.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldInspectForPeople() {
        // When
        InProcess inspect = run("models", "inspect");

        // Then
        assertThat(inspect.out())
                .containsPattern("encoder +3 layers, 4 heads, feed-forward 512")
                .containsPattern("codebook +1024 rows of 32")
                .contains("Nothing is missing.");
    }

    @Test
    void shouldListShippedAndGivenModels() throws IOException {
        // Given
        Path copy = copy();
        Files.delete(copy.resolve("vqgan/flax_model.msgpack"));

        // When
        InProcess list = run("models", "list", copy.toString());

        // Then
        assertThat(list.out().lines())
                .satisfiesExactly(
                        shipped -> assertThat(shipped).matches("pictograms +complete .*64 x 64 pixels.*"),
                        shipped -> assertThat(shipped).matches("shapes +complete .*64 x 64 pixels.* not prepared .*"),
                        given -> assertThat(given).matches("copy +incomplete .*"));
    }

    @Test
    void shouldMeasureWhatFewerBitsChange() throws IOException {
        // When
        Path worst = temp.resolve("worst.png");
        InProcess fidelity = run(
                "models", "fidelity", "--prompts", "2", "--captions", "12", "--output", "json", "--worst", worst + "");

        // Then
        assertThat(fidelity.exitCode()).as(fidelity.err()).isEqualTo(ExitCode.OK);
        JsonNode measured = JSON.readTree(fidelity.out());
        assertThat(measured.at("/captions").asInt()).isEqualTo(12);
        assertThat(measured.at("/bart").findValuesAsText("precision"))
                .containsExactly("fp32", "int8", "int4", "int8_rows");
        assertThat(measured.at("/bart/0/logitError").asDouble()).isZero();
        assertThat(measured.at("/bart/0/sameGreedyToken").asDouble()).isOne();
        assertThat(measured.at("/bart/1/logitError").asDouble()).isBetween(0.001, 0.1);
        assertThat(measured.at("/bart/2/logitError").asDouble())
                .isGreaterThan(measured.at("/bart/1/logitError").asDouble())
                .isLessThan(0.4);
        assertThat(measured.at("/bart").findValues("drawnRight"))
                .allSatisfy(right -> assertThat(right.asInt()).isBetween(8, 12));
        assertThat(measured.at("/vqgan/0/meanError").asDouble()).isZero();
        assertThat(measured.at("/vqgan/1/meanError").asDouble()).isBetween(0.01, 6.0);
        BufferedImage pair = ImageIO.read(worst.toFile());
        assertThat(pair.getWidth()).isEqualTo(128);
        assertThat(pair.getSubimage(0, 0, 64, 64).getData().getPixels(0, 0, 64, 64, (int[]) null))
                .isNotEqualTo(pair.getSubimage(64, 0, 64, 64).getData().getPixels(0, 0, 64, 64, (int[]) null));
    }

    @Test
    void shouldVerifyTheShippedModel() {
        // When / Then
        assertThat(run("models", "verify").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldNameMissingParameterAndItsFile() throws IOException {
        // Given: the head goes by another name of the same length
        Path copy = copy();
        Path weights = copy.resolve("dalle-bart/flax_model.msgpack");
        String latin = Files.readString(weights, StandardCharsets.ISO_8859_1);
        Files.writeString(weights, latin.replace("lm_head", "lm_dead"), StandardCharsets.ISO_8859_1);

        // When
        InProcess verify = run("models", "verify", copy.toString());

        // Then
        assertThat(verify.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verify.out().lines())
                .singleElement()
                .asString()
                .contains(weights.toString(), "lm_head/kernel is missing");
    }

    @Test
    void shouldNameATruncatedFile() throws IOException {
        // Given
        Path copy = copy();
        Path weights = copy.resolve("vqgan/flax_model.msgpack");
        try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }

        // When
        InProcess verify = run("models", "verify", copy.toString());

        // Then
        assertThat(verify.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verify.out().lines()).singleElement().asString().contains(weights.toString());
    }

    @Test
    void shouldTellOfACodebookThatIsTooSmall() throws IOException {
        // Given
        Path copy = copy();
        Path config = copy.resolve("vqgan/config.json");
        ObjectNode values = (ObjectNode) JSON.readTree(config.toFile());
        Files.writeString(config, values.put("n_embed", 1000).toString());

        // When
        InProcess verify = run("models", "verify", copy.toString());

        // Then
        assertThat(verify.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(verify.out())
                .contains(config + ": n_embed is 1000")
                .contains("quantize/embedding/embedding is float32 [1024, 32]");
    }

    @Test
    void shouldPrepareAModel() {
        // Given: what stages take on a processor such as this one
        String precision = BartModel.automaticPrecision("cpu").key();

        // When
        InProcess prepare = run("models", "prepare");

        // Then
        assertThat(prepare.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(prepare.out())
                .contains(temp.resolve("data/models").toString())
                .contains("bart-decoder-" + precision + ", bart-encoder-" + precision)
                .contains("vqgan-decoder-fp32, vqgan-encoder-fp32");
        assertThat(prepare.err()).contains("shapes is prepared").doesNotContain("\r");
        assertThat(run("models", "list").out().lines().filter(line -> line.startsWith("shapes ")))
                .singleElement()
                .asString()
                .contains(" prepared ")
                .doesNotContain("not prepared");
    }

    @Test
    void shouldNotWriteARandomModelOverAnything() {
        // When
        InProcess random = run("models", "random", temp.toString(), "--like", "mini");

        // Then
        assertThat(random.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(random.err()).contains("choose another folder");
    }

    private InProcess run(String... arguments) {
        return InProcess.run(temp.resolve("data"), arguments);
    }

    /** The shipped model, to be damaged. */
    private Path copy() throws IOException {
        Path copy = temp.resolve("copy");
        for (String part : new String[] {"dalle-bart", "vqgan"}) {
            Files.createDirectories(copy.resolve(part));
            try (var files = Files.newDirectoryStream(SHIPPED.resolve(part))) {
                for (Path file : files) {
                    Files.copy(file, copy.resolve(part).resolve(String.valueOf(file.getFileName())));
                }
            }
        }
        return copy;
    }
}
