package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.model.ModelHome;
import org.dallemini.images.ImageDecoderConfig;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.models.testing.FakeHub;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.tokens.TokenGeneratorConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped model, pulled from a hub of our own and used by its name. */
class PullCommandTest {
    private static final Path SHIPPED = InProcess.ROOT.resolve("models/shapes");

    @TempDir
    Path temp;

    private FakeHub hub;

    @BeforeEach
    void startHub() throws IOException {
        hub = FakeHub.start()
                .publish("dalle-mini/dalle-mega", SHIPPED.resolve("dalle-bart"))
                .publish("ada/vqgan", SHIPPED.resolve("vqgan"));
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    @Test
    void shouldPullAModelThatAllCommandsAndStagesFindByItsName() {
        // When
        InProcess pull = pull();
        hub.close();

        // Then: all without the hub
        Path folder = temp.resolve("data/pulled/mega");
        assertThat(pull.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(pull.out()).isEqualToIgnoringNewLines(folder.toString());
        assertThat(pull.err().lines())
                .contains("dalle-bart/flax_model.msgpack  17.6 MB", "vqgan/flax_model.msgpack  4.7 MB");
        InProcess verify = run("models", "verify", "mega");
        assertThat(verify.out()).isEqualToIgnoringNewLines(folder + " is complete");
        assertThat(run("models", "list").out())
                .contains("mega         complete")
                .contains("shapes       complete");
        InProcess inspect = run("models", "inspect", "--command-property", "model=mega");
        assertThat(inspect.out()).contains(folder.toString());
        Map<String, String> settings = Map.of("model", "mega", ModelSettings.MODELS_DIR, temp + "/data/pulled");
        assertThat(folder(new TokenGeneratorConfig(settings).model())).isEqualTo(folder);
        assertThat(folder(new ImageDecoderConfig(settings).model())).isEqualTo(folder);
    }

    @Test
    void shouldTellOfAModelWhatItsHubTells() {
        // Given
        hub.files("dalle-mini/dalle-mega").put("README.md", """
                        ---
                        language: en
                        license: apache-2.0
                        ---
                        # Mega Model Card
                        ## Model Details
                        * **Model Description:** This is a model that draws what a sentence says.
                        ## Uses
                        ### Direct Use
                        Research and fun.
                        ### Misuse and Malicious Use
                        Do not draw to humiliate people.
                        ## Limitations and Bias
                        ### Limitations
                        * Faces are drawn poorly.
                        ### Bias
                        It learned the **stereotypes** of the internet.
                        ## Environmental Impact
                        * **Carbon Emitted:** 7 kg CO2 eq.
                        """.getBytes(UTF_8));

        // When
        InProcess pull = pull();

        // Then
        assertThat(pull.exitCode()).as(pull.err()).isEqualTo(ExitCode.OK);
        ModelCard card = ModelCard.of(temp.resolve("data/pulled/mega"));
        assertThat(card.name()).isEqualTo("mega");
        assertThat(card.description()).isEqualTo("This is a model that draws what a sentence says.");
        assertThat(card.source()).isEqualTo(hub.address() + "/dalle-mini/dalle-mega");
        assertThat(card.licence()).isEqualTo("Apache-2.0");
        assertThat(card.intendedUses()).containsExactly("Research and fun.");
        assertThat(card.excludedUses()).containsExactly("Do not draw to humiliate people.");
        assertThat(card.limits()).containsExactly("Faces are drawn poorly.");
        assertThat(card.biases()).containsExactly("It learned the stereotypes of the internet.");
        assertThat(card.emissions()).isEqualTo("Carbon Emitted: 7 kg CO2 eq.");
    }

    @Test
    void shouldPullAClipThatIsFoundByItsName() throws IOException {
        // Given
        hub.publish(
                "openai/clip-vit-base-patch32",
                InProcess.ROOT.resolve("clip/src/test/resources/org/dallemini/clip/quick-gelu"));
        Path captions = Files.writeString(temp.resolve("captions.txt"), "a red circle\na blue star\n");

        // When
        String[] command = {
            "models",
            "pull",
            "clip",
            "--allow-http",
            "--endpoint",
            hub.address().toString()
        };
        InProcess pull = run(command);
        InProcess again = run(command);
        hub.close();
        InProcess score = run("models", "score", "--captions", captions.toString());

        // Then
        assertThat(pull.exitCode()).as(pull.err()).isEqualTo(ExitCode.OK);
        assertThat(temp.resolve("data/pulled/clip/clip/tokenizer.json")).exists();
        assertThat(temp.resolve("data/pulled/clip/clip/0.png"))
                .as("what no CLIP needs")
                .doesNotExist();
        assertThat(again.err()).contains("clip is there already, the same");
        assertThat(score.exitCode()).as(score.err()).isEqualTo(ExitCode.OK);
        assertThat(score.out()).contains("captions        2", "with their own  ");
        assertThat(run("models", "list").out()).contains("shapes").doesNotContain("clip");
    }

    /** As the stages find it. */
    private static Path folder(ModelSettings settings) {
        return ModelHome.of(settings.modelsDir()).resolve(settings.model());
    }

    @Test
    void shouldSayWhatItDidForPrograms() throws IOException {
        // Given
        pull();

        // When
        InProcess again = pull("--output", "json");

        // Then
        JsonNode result = new ObjectMapper().readTree(again.out());
        assertThat(result.at("/folder").asText())
                .isEqualTo(temp.resolve("data/pulled/mega").toString());
        assertThat(result.at("/fetched").asBoolean()).isFalse();
        assertThat(result.at("/provenance/dalle-bart/commit").asText()).matches("[0-9a-f]{40}");
        assertThat(result.at("/provenance/files")).hasSize(11);
        assertThat(again.err()).contains("mega is there already");
    }

    @Test
    void shouldNameTheCommandThatFetchesAModelThatIsNotThere() {
        for (List<String> command : List.of(
                List.of("models", "verify", "mini"),
                List.of("generate", "--model", "mini", "a circle"),
                List.of("up", "--model", "mini"),
                List.of("tokens", "decode", "--model", "mini", "--out", "x.png", "x.json"))) {
            // When
            InProcess run = run(command.toArray(String[]::new));

            // Then
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err()).contains("dallemini models pull mini");
        }
    }

    @Test
    void shouldEndWithWhatKindOfFailureItWas() {
        assertThat(run("models", "pull", "foo").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("models", "pull", "mega", "--endpoint", hub.address().toString())
                        .exitCode())
                .isEqualTo(ExitCode.FAILURE);
        InProcess bucket = run("models", "pull", "s3://bucket/model", "--name", "mine");
        assertThat(bucket.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(bucket.err()).contains("s3.access.key");
    }

    private InProcess pull(String... more) {
        var command = new ArrayList<>(List.of("models", "pull", "mega", "--vqgan", "ada/vqgan", "--allow-http"));
        command.addAll(List.of("--endpoint", hub.address().toString()));
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new));
    }

    private InProcess run(String... arguments) {
        return InProcess.run(temp.resolve("data"), arguments);
    }
}
