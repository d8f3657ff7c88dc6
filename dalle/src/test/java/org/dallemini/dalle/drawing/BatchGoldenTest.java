package org.dallemini.dalle.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.testing.GoldenSets;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.text.TextProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From prompts to image tokens against the original code, token by token, sampled images included. */
class BatchGoldenTest {
    private static final Map<Path, Loaded> LOADED = new HashMap<>();

    /** A checkpoint, opened once for all of its sequences. */
    private record Loaded(BartModel model, TextProcessor texts) {
        static Loaded of(Path checkpoint) throws IOException {
            Loaded loaded = LOADED.get(checkpoint);
            if (loaded == null) {
                BartModel model = TestModels.open(checkpoint);
                loaded = new Loaded(model, TestModels.texts(checkpoint, model));
                LOADED.put(checkpoint, loaded);
            }
            return loaded;
        }
    }

    @AfterAll
    static void close() {
        LOADED.values().forEach(loaded -> {
            loaded.texts.close();
            loaded.model.close();
        });
    }

    static Stream<Arguments> sequences() {
        return Goldens.open().sets().stream()
                .filter(GoldenSets::isSupported)
                .flatMap(set -> set.golden().arrays("sequences_").stream().map(name -> Arguments.of(set, name)));
    }

    static Stream<String> modelSequences() {
        return Goldens.ofModel().arrays("tokens_").stream();
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void shouldDrawTheTokensOfTheOriginal(Goldens.Set set, String name) throws IOException {
        JsonNode settings = set.json().get("sequences").get(name.substring("sequences_".length()));

        shouldDraw(set.bart(), set.golden(), name, set.json().get("prompts"), settings);
    }

    @ParameterizedTest
    @MethodSource("modelSequences")
    void shouldDrawTheTokensOfTheOriginalWithATrainedModel(String name) throws IOException {
        Goldens.Golden golden = Goldens.ofModel();
        JsonNode json = golden.json("golden.json");
        JsonNode settings = json.get("sequences").get(name.substring("tokens_".length()));

        shouldDraw(trainedModel(golden), golden, name, json.get("captions"), settings);
    }

    @Test
    void shouldReadTheCaptionsAsTheOriginal() throws IOException {
        // Given
        Goldens.Golden golden = Goldens.ofModel();
        JsonNode json = golden.json("golden.json");
        int[][] ids = golden.array("input_ids").rows();
        int[][] mask = golden.array("attention_mask").rows();
        TextProcessor texts = Loaded.of(trainedModel(golden)).texts;
        for (int i = 0; i < ids.length; i++) {
            // When
            TextProcessor.Prepared prepared =
                    texts.prepare(json.get("captions").get(i).asText());

            // Then
            assertThat(prepared.normalizedText())
                    .isEqualTo(json.get("normalized").get(i).asText());
            assertThat(prepared.ids()).containsExactly(GoldenSets.real(ids[i], mask[i]));
        }
    }

    /** The goldens' own model, or else the one of this project. */
    private static Path trainedModel(Goldens.Golden golden) {
        Path own = golden.folder().resolve("dalle-bart");
        return Files.exists(own) ? own : TestModels.shapes();
    }

    private static void shouldDraw(
            Path checkpoint, Goldens.Golden golden, String name, JsonNode prompts, JsonNode settings)
            throws IOException {
        // Given
        int[][] expected = golden.array(name).rows();
        Loaded loaded = Loaded.of(checkpoint);
        try (ContinuousBatch batch = ContinuousBatch.of(loaded.model, loaded.texts, prompts.size())) {
            List<Drawing> drawings = new ArrayList<>();
            for (int row = 0; row < prompts.size(); row++) {
                String prompt = prompts.get(row).asText();
                long seed = settings.path("prng_key").asLong(0);
                drawings.add(
                        batch.start(new TokenRequest(prompt, null, seed, parameters(settings, row, prompts.size()))));
            }

            // When
            while (batch.size() > 0) {
                batch.step();
            }

            // Then
            for (int row = 0; row < prompts.size(); row++) {
                assertThat(drawings.get(row).failure()).isNull();
                assertThat(drawings.get(row).tokens()).as("row " + row).containsExactly(expected[row]);
            }
        }
    }

    /** Greedy decoding has no key; the other values have the defaults of the original. Some goldens quote numbers. */
    private static SamplingParameters parameters(JsonNode settings, int row, int rows) {
        boolean draws = settings.has("prng_key");
        return new SamplingParameters(
                (float) settings.path("temperature").asDouble(1),
                settings.path("top_k").asInt(draws ? 50 : 1),
                (float) settings.path("top_p").asDouble(1),
                (float) settings.path("condition_scale").asDouble(1),
                row,
                rows);
    }
}
