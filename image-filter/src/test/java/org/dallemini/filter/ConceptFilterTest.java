package org.dallemini.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.testing.Redness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By a small CLIP with random weights, whose opinion means nothing: thresholds make it say what a test needs. */
class ConceptFilterTest {
    private static final String CLIP =
            Path.of("../clip/src/test/resources/org/dallemini/clip/quick-gelu").toString();
    private static final RgbImage BLACK = new RgbImage(8, 8, new byte[3 * 64]);

    @TempDir
    private Path folder;

    private ImageFilter filter(String mode, String thresholds) throws IOException {
        Path policy = Files.writeString(folder.resolve("concepts.json"), """
                {"name": "mine", "version": "7", "neutral": ["a picture"], "concepts": [
                  {"name": "noise", "texts": ["noise", "a loud noise"], %s},
                  {"name": "silence", "texts": ["silence"]}]}
                """.formatted(thresholds));
        return filter(Map.of(
                FilterSettings.MODE,
                mode,
                FilterSettings.CLIP,
                CLIP,
                FilterSettings.CONCEPTS,
                policy.toString(),
                "model.cache",
                folder.resolve("cache").toString()));
    }

    private static ImageFilter filter(Map<String, String> settings) {
        return new Redness().filter(settings, new SimpleMeterRegistry());
    }

    @Test
    void shouldRefuseWhatReachesAThresholdOfAConcept() throws IOException {
        try (ImageFilter filter = filter("refuse", "\"flagAbove\": 0, \"refuseAbove\": 0.0")) {
            assertThatThrownBy(() -> filter.judge(BLACK, Door.IMAGE).admitted("image p/0"))
                    .hasMessageContaining("noise reaches 0.00 by the concepts mine 7 (noise 0.")
                    .hasMessageContaining("filter.image.concepts");
        }
    }

    @Test
    void shouldMarkWhatItMayNotRefuse() throws IOException {
        try (ImageFilter filter = filter("flag", "\"refuseAbove\": 0.0")) {
            Judgement judgement = filter.judge(BLACK, Door.IMAGE);
            assertThat(judgement.verdict()).isNotNull().satisfies(verdict -> {
                assertThat(verdict.getClassifier()).isEqualTo("redness, mine 7");
                assertThat(verdict.getMark()).isEqualTo("noise");
                assertThat(verdict.getScores())
                        .containsKeys("porn", "noise", "silence")
                        .hasSize(7);
                assertThat(verdict.getScores().getOrDefault("noise", 2f)
                                + verdict.getScores().getOrDefault("silence", 2f))
                        .as("what is left is neutral")
                        .isBetween(0f, 1f);
            });
        }
    }

    @Test
    void shouldLetPassWhatReachesNoThreshold() throws IOException {
        try (ImageFilter filter = filter("refuse", "\"flagAbove\": 1.0, \"refuseAbove\": 1.0")) {
            assertThat(filter.works()).isTrue();
            assertThat(filter.judge(BLACK, Door.IMAGE))
                    .isInstanceOfSatisfying(Judgement.Admitted.class, admitted -> assertThat(admitted.isMarked())
                            .isFalse());
        }
    }

    @Test
    void shouldHaveAPolicyOfItsOwn() {
        assertThat(ConceptPolicy.shipped().concepts())
                .extracting(ConceptPolicy.Concept::name)
                .contains("violence", "gore");
    }

    @Test
    void shouldSayWhatIsWrongWithAPolicy() throws IOException {
        assertThatThrownBy(() -> filter("refuse", "\"flagAbove\": 2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("concepts.json")
                .hasMessageContaining("noise has the threshold 2.0");
        assertThatThrownBy(() -> filter("refuse", "\"flagAbove\": "))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no policy of concepts");
        Map<String, String> missing = Map.of(FilterSettings.CLIP, CLIP, FilterSettings.CONCEPTS, folder + "/none.json");
        assertThatThrownBy(() -> filter(missing)).hasMessageContaining("none.json");
        assertThatThrownBy(() -> filter(Map.of(FilterSettings.CLIP, folder + "/no-clip")))
                .hasMessageContaining("openai/clip-vit-base-patch32");
    }
}
