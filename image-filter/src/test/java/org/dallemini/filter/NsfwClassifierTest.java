package org.dallemini.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against nsfwjs itself: the pictures are harmless, and convert/vectors.mjs wrote down what it says of them. */
class NsfwClassifierTest {
    private static final float SCORE_TOLERANCE = 1e-5f, LEVEL_TOLERANCE = 1e-6f;

    private static NsfwClassifier classifier;

    @BeforeAll
    static void open() {
        classifier = NsfwClassifier.open(new Sessions(2));
    }

    @AfterAll
    static void close() {
        classifier.close();
    }

    static Stream<JsonNode> vectors() throws IOException {
        return StreamSupport.stream(json().path("vectors").spliterator(), false);
    }

    private static JsonNode json() throws IOException {
        try (InputStream in = resource("vectors.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static InputStream resource(String name) {
        return NsfwClassifierTest.class.getResourceAsStream("/nsfwjs/" + name);
    }

    static RgbImage picture(String file) throws IOException, Pictures.UnusableException {
        try (InputStream in = resource(file)) {
            return Pictures.pixels(Pictures.read(in.readAllBytes(), Pictures.MAX_PIXELS));
        }
    }

    @Test
    void shouldHaveTheClassesOfNsfwjsInTheirOrder() throws Exception {
        assertThat(json().path("classes"))
                .extracting(name -> name.asText().toLowerCase(Locale.ROOT))
                .containsExactly(
                        Stream.of(ImageClass.values()).map(ImageClass::key).toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldResizeAsNsfwjs(JsonNode vector) throws Exception {
        int step = json().path("step").asInt();
        FloatBuffer input = ClassifierInput.smooth(picture(vector.path("file").asText()));
        for (int i = 0; i < vector.path("input").size(); i++) {
            assertThat(input.get(i * step))
                    .isCloseTo((float) vector.path("input").get(i).asDouble(), within(LEVEL_TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldScoreAsNsfwjs(JsonNode vector) throws Exception {
        Scores scores = classifier.asNsfwjs(picture(vector.path("file").asText()));
        for (ImageClass imageClass : ImageClass.values()) {
            double expected =
                    vector.path("probabilities").get(imageClass.ordinal()).asDouble();
            assertThat(scores.of(imageClass)).isCloseTo((float) expected, within(SCORE_TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void shouldNeverScoreHigherThanNsfwjs(JsonNode vector) throws Exception {
        RgbImage picture = picture(vector.path("file").asText());
        Scores scores = classifier.classify(picture);
        for (ImageClass imageClass : ImageClass.values()) {
            assertThat(scores.of(imageClass))
                    .isLessThanOrEqualTo(classifier.asNsfwjs(picture).of(imageClass));
        }
    }

    @Test
    void shouldTakeAPictureOfOnePixel() {
        assertThat(classifier.classify(new RgbImage(1, 1, new byte[3])).byName())
                .hasSize(5);
    }

    @Test
    void shouldRefuseToWorkOnceItIsClosed() {
        NsfwClassifier closed = NsfwClassifier.open(new Sessions(1));
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.classify(new RgbImage(1, 1, new byte[3])))
                .hasMessageContaining("closed");
    }
}
