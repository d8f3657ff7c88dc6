package org.dallemini.dalle.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.testing.ReferenceDecoder;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.text.TextProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that begin with given tokens, drawn by the small trained model. */
class CompletionTest {
    private static final long SEED = 20261122;
    private static final int IMAGES = 12;

    private static BartModel model;
    private static TextProcessor texts;
    private static List<TokenRequest> requests;
    private static List<int[]> images;

    @BeforeAll
    static void drawWholeImages() throws IOException {
        model = TestModels.open(TestModels.shapes());
        texts = TestModels.texts(TestModels.shapes(), model);
        Random random = new Random(SEED);
        requests = random.ints(IMAGES)
                .mapToObj(i -> ContinuousBatchTest.request(random))
                .toList();
        images = draw(requests);
    }

    @AfterAll
    static void close() {
        texts.close();
        model.close();
    }

    /** Several prefixes of several images at a time, together with images that have none. */
    @ParameterizedTest(name = "first {0} tokens, seed " + SEED)
    @ValueSource(ints = {1, 2, 8, 13, 32, 56, 63})
    void shouldCompleteAnImageToItself(int length) {
        // Given
        List<TokenRequest> completions = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            int given = i % 4 == 0 ? 0 : i % 4 == 1 ? 64 - length : length;
            completions.add(with(requests.get(i), Arrays.copyOf(images.get(i), given)));
        }

        // When
        List<int[]> completed = draw(completions);

        // Then
        for (int i = 0; i < IMAGES; i++) {
            assertThat(completed.get(i)).as("image %d of seed %d", i, SEED).containsExactly(images.get(i));
        }
    }

    @Test
    void shouldDrawWhatIsMissingAmongWhatIsGiven() {
        // Given: some tokens of each image, anywhere
        Random random = new Random(SEED);
        List<TokenRequest> partial = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            int[] given = images.get(i).clone();
            for (int token = 0; token < given.length; token++) {
                given[token] = random.nextInt(IMAGES) < i ? TokenRequest.DRAWN : given[token];
            }
            partial.add(with(requests.get(i), given));
        }

        // When
        List<int[]> completed = draw(partial);

        // Then: noise belongs to places, so that each becomes what it was
        for (int i = 0; i < IMAGES; i++) {
            assertThat(completed.get(i)).as("image %d of seed %d", i, SEED).containsExactly(images.get(i));
        }
    }

    @Test
    void shouldCompleteTheRowsOfAnotherImage() {
        // Given: the upper half of a red circle, the rest of a green square
        SamplingParameters p = new SamplingParameters(1, 50, 1, 2);
        TokenRequest red = new TokenRequest("a red circle on a blue background", null, SEED, p);
        TokenRequest green = new TokenRequest("a green square on a white background", null, SEED, p);
        List<int[]> whole = draw(List.of(red, green));
        int[] half = Arrays.copyOf(whole.get(0), 32);

        // When
        int[] completed = draw(List.of(with(green, half))).get(0);

        // Then
        assertThat(completed).startsWith(half).isNotEqualTo(whole.get(0));
        assertThat(Arrays.copyOfRange(completed, 32, 64)).isNotEqualTo(Arrays.copyOfRange(whole.get(1), 32, 64));
    }

    /** Feed what is given, then the likeliest token again and again, by the decoder that is written down plainly. */
    @Test
    void shouldCompleteAsThePlainlyWrittenDecoder() throws IOException {
        // Given
        String text = "a red circle on a blue background";
        int[] prefix =
                new Random(SEED).ints(62, 0, model.config().imageVocabSize()).toArray();
        int[] expected = Arrays.copyOf(prefix, 64);
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(TestModels.shapes())) {
            ReferenceDecoder plain = new ReferenceDecoder(model.config(), checkpoint);
            EncodedText encoded = model.encode(texts.prepare(text).ids());
            for (int next = prefix.length; next < expected.length; next++) {
                int[] fed = new int[next + 1];
                fed[0] = model.config().decoderStartTokenId();
                System.arraycopy(expected, 0, fed, 1, next);
                expected[next] = likeliest(plain.logits(encoded, fed)[next]);
            }
        }

        // When
        SamplingParameters greedy = new SamplingParameters(1, 1, 1, 1);
        int[] completed = draw(List.of(new TokenRequest(text, null, SEED, greedy, prefix)))
                .get(0);

        // Then
        assertThat(completed).as("seed %d", SEED).containsExactly(expected);
    }

    private static int likeliest(float... logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static TokenRequest with(TokenRequest request, int... prefix) {
        return new TokenRequest(request.text(), request.negativeText(), request.seed(), request.parameters(), prefix);
    }

    private static List<int[]> draw(List<TokenRequest> all) {
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, all.size())) {
            List<Drawing> drawings = all.stream().map(batch::start).toList();
            while (batch.size() > 0) {
                batch.step();
            }
            return drawings.stream().map(Drawing::tokens).toList();
        }
    }
}
