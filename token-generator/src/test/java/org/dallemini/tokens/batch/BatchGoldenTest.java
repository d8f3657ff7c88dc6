package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dallemini.model.testing.Goldens;
import org.dallemini.tokens.bart.BartModel;
import org.dallemini.tokens.bart.GoldenSets;
import org.dallemini.tokens.bart.TestModels;
import org.dallemini.tokens.sampling.SamplingParameters;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the model draws against what the original code drew, token by token, sampled images included. */
class BatchGoldenTest {
    @TempDir
    static Path folder;

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
        JsonNode settings = set.facts().get("sequences").get(name.substring("sequences_".length()));

        shouldDraw(set.bart(), set.golden(), name, settings);
    }

    @ParameterizedTest
    @MethodSource("modelSequences")
    void shouldDrawTheTokensOfTheOriginalWithATrainedModel(String name) throws IOException {
        Goldens.Golden golden = Goldens.ofModel();
        JsonNode settings = golden.facts("golden.json").get("sequences").get(name.substring("tokens_".length()));
        Path own = golden.folder().resolve("dalle-bart");

        shouldDraw(
                java.nio.file.Files.exists(own) ? own : TestModels.shapes().resolve("dalle-bart"),
                golden,
                name,
                settings);
    }

    private static void shouldDraw(Path checkpoint, Goldens.Golden golden, String name, JsonNode settings)
            throws IOException {
        // Given
        int[][] ids = golden.array("input_ids").rows();
        int[][] mask = golden.array("attention_mask").rows();
        int[][] expected = golden.array(name).rows();
        try (BartModel model = TestModels.open(checkpoint, folder);
                ContinuousBatch batch = ContinuousBatch.of(model, new KnownPrompts(), ids.length)) {
            List<Drawing> drawings = new ArrayList<>();
            for (int row = 0; row < ids.length; row++) {
                String text = KnownPrompts.text(GoldenSets.real(ids[row], mask[row]));
                drawings.add(batch.start(new TokenRequest(
                        text, null, settings.path("prng_key").asLong(0), parameters(settings, row, ids.length))));
            }

            // When
            while (batch.size() > 0) {
                batch.step();
            }

            // Then
            for (int row = 0; row < ids.length; row++) {
                assertThat(drawings.get(row).failure()).isNull();
                assertThat(drawings.get(row).tokens()).as("row " + row).containsExactly(expected[row]);
            }
        }
    }

    /** Greedy decoding has no key; the other values have the defaults of the original. */
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
