package org.dallemini.dalle.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.testing.Captions;
import org.dallemini.dalle.testing.DelegatingDecoder;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.testing.UnreadableText;
import org.dallemini.dalle.text.TextProcessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuousBatchTest {
    private static final String TEXT = "a red circle", POISON = "two small green stars on white";

    private static final List<Alone> ALONE = new ArrayList<>();

    private static BartModel model;
    private static TextProcessor texts;

    @BeforeAll
    static void open() throws IOException {
        model = TestModels.open(TestModels.shapes());
        texts = TestModels.texts(TestModels.shapes(), model);
    }

    @AfterAll
    static void close() {
        texts.close();
        model.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 32})
    void shouldDrawAnImageTheSameWhateverIsDrawnBesideItAndWhenever(int slots) {
        // Given
        Random random = new Random(slots);
        List<Alone> alone = alone(slots + 2);
        List<TokenRequest> requests = alone.stream().map(Alone::request).toList();

        // When: images arrive at random, and some of their neighbours are given up at random
        List<Drawing> drawings = new ArrayList<>();
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, slots)) {
            List<Drawing> doomed = new ArrayList<>();
            while (drawings.size() < requests.size() || batch.size() > 0) {
                if (batch.size() < slots && drawings.size() < requests.size() && random.nextInt(3) == 0) {
                    drawings.add(batch.start(requests.get(drawings.size())));
                }
                if (batch.size() < slots && drawings.size() < requests.size() && random.nextInt(8) == 0) {
                    doomed.add(batch.start(request(random)));
                }
                if (!doomed.isEmpty() && random.nextInt(20) == 0) {
                    batch.cancel(doomed.remove(random.nextInt(doomed.size())));
                }
                batch.step();
            }
        }

        // Then
        for (int i = 0; i < requests.size(); i++) {
            assertThat(drawings.get(i).tokens()).as("image " + i).containsExactly(alone.get(i).tokens);
        }
    }

    private record Alone(TokenRequest request, int... tokens) {}

    /** So many images, drawn once for all numbers of slots. */
    private static List<Alone> alone(int count) {
        while (ALONE.size() < count) {
            TokenRequest request = request(new Random(ALONE.size()));
            ALONE.add(new Alone(request, drawAlone(request)));
        }
        return ALONE.subList(0, count);
    }

    @Test
    void shouldDrawOtherImagesForOtherSeeds() {
        SamplingParameters p = new SamplingParameters(1, 50, 1, 2);

        Set<List<Integer>> images = new HashSet<>();
        for (int seed = 0; seed < 4; seed++) {
            images.add(java.util.Arrays.stream(drawAlone(new TokenRequest(TEXT, null, seed, p)))
                    .boxed()
                    .toList());
        }

        assertThat(images).hasSize(4);
    }

    @Test
    void shouldTakeTheNegativeTextInsteadOfTheEmptyOne() {
        // Given
        SamplingParameters p = new SamplingParameters(1, 1, 1, 4);
        int[] plain = drawAlone(new TokenRequest(TEXT, null, 0, p));

        // Then: the empty text said explicitly changes nothing, another one does
        assertThat(drawAlone(new TokenRequest(TEXT, "", 0, p))).containsExactly(plain);
        assertThat(drawAlone(new TokenRequest(TEXT, "blue", 0, p))).isNotEqualTo(plain);
    }

    @Test
    void shouldRefuseATextThatCannotBeReadWithoutHarmToOthers() {
        // Given
        TokenRequest good = new TokenRequest(TEXT, null, 0, new SamplingParameters(1, 50, 1, 2));
        int[] alone = drawAlone(good);
        try (ContinuousBatch batch = new ContinuousBatch(
                model, UnreadableText.in(texts), texts.unconditionalIds(), model.decoder(ContinuousBatch.rows(2)))) {
            Drawing drawing = batch.start(good);
            batch.step();

            // When
            assertThatThrownBy(() -> batch.start(new TokenRequest(UnreadableText.TEXT, null, 0, good.parameters())))
                    .isInstanceOf(ModelException.class);
            while (batch.size() > 0) {
                batch.step();
            }

            // Then
            assertThat(drawing.tokens()).containsExactly(alone);
        }
    }

    static List<Throwable> failures() {
        return List.of(
                new ModelException("poison"),
                new IndexOutOfBoundsException("poison"),
                new StackOverflowError("poison"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldSingleOutTheImageThatMakesAStepOfAFullBatchFail(Throwable failure) {
        // Given: the fifth step fails if a certain text takes part
        SamplingParameters p = new SamplingParameters(1, 50, 1, 2);
        TokenRequest good = new TokenRequest(TEXT, null, 0, p);
        TokenRequest poison = new TokenRequest(POISON, null, 0, p);
        int[] alone = drawAlone(good);
        try (ContinuousBatch batch = batch(new FailingDecoder(
                model.decoder(ContinuousBatch.rows(3)), texts.prepare(POISON).ids().length, 5, failure))) {
            Drawing first = batch.start(good);
            Drawing bad = batch.start(poison);
            Drawing second = batch.start(good);

            // When
            while (batch.size() > 0) {
                batch.step();
            }

            // Then
            assertThat(bad.failure()).isSameAs(failure);
            assertThat(first.tokens()).containsExactly(alone);
            assertThat(second.tokens()).containsExactly(alone);
        }
    }

    @Test
    void shouldBlameNoImageWhenTheDecoderFailsAltogether() {
        // Given
        TokenRequest request = new TokenRequest(TEXT, null, 0, new SamplingParameters(1, 50, 1, 2));
        int[] alone = drawAlone(request);
        FailingDecoder decoder =
                new FailingDecoder(model.decoder(ContinuousBatch.rows(2)), -1, 0, new ModelException("out of order"));
        try (ContinuousBatch batch = batch(decoder)) {
            Drawing first = batch.start(request);
            Drawing second = batch.start(request);
            batch.step();
            batch.step();

            // When
            decoder.broken = true;
            assertThatThrownBy(batch::step).isInstanceOf(ModelException.class);
            assertThatThrownBy(batch::step).isInstanceOf(ModelException.class);
            decoder.broken = false;
            while (batch.size() > 0) {
                batch.step();
            }

            // Then
            assertThat(first.tokens()).containsExactly(alone);
            assertThat(second.tokens()).containsExactly(alone);
        }
    }

    /** Memory runs out in the middle of the steps one by one: what has moved must not move twice for one token. */
    @Test
    void shouldDrawTheSameImagesAfterMemoryRanOut() {
        // Given: the fifth step fails for all together, and once more for the second image alone
        SamplingParameters p = new SamplingParameters(1, 50, 1, 2);
        TokenRequest good = new TokenRequest(TEXT, null, 0, p);
        TokenRequest other = new TokenRequest(POISON, null, 0, p);
        int[] alone = drawAlone(good);
        int[] otherAlone = drawAlone(other);
        var decoder = new DelegatingDecoder(model.decoder(ContinuousBatch.rows(2))) {
            private int steps;
            private int alones;

            @Override
            public void step() {
                if (++steps == 5) {
                    throw new ModelException("too much at once");
                }
                super.step();
            }

            @Override
            public void step(List<Row> some) {
                if (++alones == 2) {
                    throw new OutOfMemoryError("once");
                }
                super.step(some);
            }
        };
        try (ContinuousBatch batch = batch(decoder)) {
            Drawing first = batch.start(good);
            Drawing second = batch.start(other);

            // When
            int failed = 0;
            while (batch.size() > 0) {
                try {
                    batch.step();
                } catch (OutOfMemoryError e) {
                    failed++;
                }
            }

            // Then
            assertThat(failed).isEqualTo(1);
            assertThat(first.tokens()).containsExactly(alone);
            assertThat(second.tokens()).containsExactly(otherAlone);
        }
    }

    @Test
    void shouldKeepNoRowOfAnImageThatMemoryDidNotSufficeFor() {
        // Given: memory runs out at the second row of an image, twice
        TokenRequest guided = new TokenRequest(TEXT, null, 0, new SamplingParameters(1, 50, 1, 2));
        var decoder = new DelegatingDecoder(model.decoder(ContinuousBatch.rows(1))) {
            private int opened;

            @Override
            public Row open(EncodedText text) {
                if (++opened == 2 || opened == 4) {
                    throw new OutOfMemoryError("at the second row");
                }
                return super.open(text);
            }
        };
        try (ContinuousBatch batch = batch(decoder)) {
            assertThatThrownBy(() -> batch.start(guided)).isInstanceOf(OutOfMemoryError.class);
            assertThatThrownBy(() -> batch.start(guided)).isInstanceOf(OutOfMemoryError.class);

            // When, Then: there is still room for it
            Drawing drawing = batch.start(guided);
            while (batch.size() > 0) {
                batch.step();
            }
            assertThat(drawing.tokens()).containsExactly(drawAlone(guided));
        }
    }

    private static ContinuousBatch batch(Decoder decoder) {
        return new ContinuousBatch(model, texts::prepare, texts.unconditionalIds(), decoder);
    }

    /** Anything that can be asked for. */
    static TokenRequest request(Random random) {
        String negative = random.nextInt(4) == 0 ? Captions.random(random) : null;
        float temperature = List.of(1f, 0.7f, 1.5f).get(random.nextInt(3));
        int topK = List.of(0, 1, 20, 50).get(random.nextInt(4));
        float topP = List.of(1f, 0.9f).get(random.nextInt(2));
        float guidance = List.of(1f, 2f, 10f).get(random.nextInt(3));
        SamplingParameters p = new SamplingParameters(temperature, topK, topP, guidance);
        return new TokenRequest(Captions.random(random), negative, random.nextLong(), p);
    }

    private static int[] drawAlone(TokenRequest request) {
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, 1)) {
            Drawing drawing = batch.start(request);
            while (batch.size() > 0) {
                batch.step();
            }
            return drawing.tokens();
        }
    }

    /** A decoder whose steps fail if a certain text has come to a certain step, or altogether. */
    private static final class FailingDecoder extends DelegatingDecoder {
        private final int poisonousLength;
        private final int failingStep;
        private final Throwable failure;
        private final Set<Row> poisonous = new HashSet<>();
        private boolean broken;
        private int steps;

        FailingDecoder(Decoder decoder, int poisonousLength, int failingStep, Throwable failure) {
            super(decoder);
            this.poisonousLength = poisonousLength;
            this.failingStep = failingStep;
            this.failure = failure;
        }

        @Override
        public Row open(EncodedText text) {
            Row row = super.open(text);
            if (text.length() == poisonousLength) {
                poisonous.add(row);
            }
            return row;
        }

        @Override
        public void close(Row row) {
            poisonous.remove(row);
            super.close(row);
        }

        @Override
        public void step() {
            check(!poisonous.isEmpty());
            super.step();
            steps++;
        }

        @Override
        public void step(List<Row> some) {
            check(some.stream().anyMatch(poisonous::contains));
            super.step(some);
        }

        @SuppressWarnings("unchecked") // to the compiler it is unchecked; what is thrown is thrown as it is
        private static <T extends Throwable> void raise(Throwable failure) throws T {
            throw (T) failure;
        }

        private void check(boolean poisoned) {
            if (broken || (poisoned && steps == failingStep)) {
                FailingDecoder.<RuntimeException>raise(failure);
            }
        }
    }
}
