package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.dallemini.tokens.batch.Results.completed;
import static org.dallemini.tokens.batch.Results.rejected;
import static org.dallemini.tokens.batch.Results.tokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.checkpoint.FlaxCheckpoint;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.testing.DelegatingDecoder;
import org.dallemini.dalle.testing.ReferenceDecoder;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images that are the best of several, drawn by the small trained model. */
class CandidatesTest {
    private static final String TEXT = "a red circle on a blue background";
    private static final SamplingParameters PARAMETERS = new SamplingParameters(1, 50, 1, 2);
    private static final int PLENTY = 1_000_000;

    private static BartModel model;
    private static TextProcessor texts;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Semaphore permits = new Semaphore(PLENTY);
    private final Set<String> canceled = ConcurrentHashMap.newKeySet();
    private final List<String> finished = Collections.synchronizedList(new ArrayList<>());
    private final List<ImagePreview> previews = Collections.synchronizedList(new ArrayList<>());
    private @Nullable TokenBatcher batcher;

    @BeforeAll
    static void open() throws IOException {
        TrustedEvents.allow();
        model = TestModels.open(TestModels.shapes());
        texts = TestModels.texts(TestModels.shapes(), model);
    }

    @AfterAll
    static void close() {
        texts.close();
        model.close();
    }

    @AfterEach
    void stop() {
        permits.release(PLENTY);
        if (batcher != null) {
            batcher.close();
        }
    }

    @Test
    void shouldKeepTheOneWithTheHighestScore() throws IOException {
        // Given: fewer slots than candidates
        long seed = LongStream.range(57, 70)
                .filter(s -> ranking(candidates(s, 5)).get(0) != 0) // or the first would do
                .findFirst()
                .orElseThrow();
        ImageRequest request = request("best").setSeed(seed).setCandidates(5).build();
        List<Drawing> all = candidates(seed, 5);
        int best = ranking(all).get(0);

        // When
        ImageTokens result = completed(submit(engine(2), request, 0));

        // Then
        assertThat(result.getRequest().getSeed()).isEqualTo(seed + best);
        assertThat(result.getRequest().getScore()).isEqualTo(all.get(best).score());
        assertThat(result.getRequest().getCandidates()).isEqualTo(5);
        assertThat(tokens(result)).containsExactly(all.get(best).tokens());
        assertThat(finished).containsExactly("best/0");
        assertThat(previews).as("of one candidate alone").hasSize(7);
        assertThat(Objects.requireNonNull(result.getTiming().getFootprint()).getEnergyJoules())
                .as("of all candidates: three turns of the batch")
                .isBetween(3 * 64 - 0.01, 3 * 64 + 1.0);

        // And: by itself, its seed gives that image again
        ImageTokens again = completed(submit(
                engine(1),
                request("again").setSeed(result.getRequest().getSeed()).build(),
                0));
        assertThat(tokens(again)).containsExactly(tokens(result));
        assertThat(again.getRequest().getScore()).isNull();
    }

    /** The stage hands over so many images at a time as it likes, and a process may get only some of a prompt's. */
    @Test
    void shouldGiveTheBestToTheImagesOfAPromptHoweverTheyCome() throws IOException {
        // Given
        List<Drawing> all = candidates(57, 5);
        List<Integer> ranking = ranking(all);

        for (int slots : new int[] {1, 2, 8}) {
            // When: all three at once; one after the other; the last alone
            TokenBatcher engine = engine(slots);
            var together = IntStream.range(0, 3).mapToObj(i -> submit(engine, image(57, i), 0)).toList().stream()
                    .map(Results::completed)
                    .toList();
            var inTurn = IntStream.of(2, 0, 1)
                    .mapToObj(i -> completed(submit(engine, image(57, i), 0)))
                    .toList();
            var alone = completed(submit(engine(slots), image(57, 2), 0));

            // Then
            assertThat(together)
                    .extracting(tokens -> tokens.getRequest().getSeed() - 57)
                    .isEqualTo(ranking.stream().limit(3).map(Long::valueOf).toList());
            for (int i = 0; i < 3; i++) {
                assertThat(together.get(i).getRequest().getImageId()).isEqualTo("three/" + i);
                assertThat(together.get(i).getRequest().getScore())
                        .isEqualTo(all.get(ranking.get(i)).score());
                assertThat(tokens(together.get(i)))
                        .containsExactly(all.get(ranking.get(i)).tokens());
            }
            assertThat(inTurn.get(0).getTokens()).isEqualTo(together.get(2).getTokens());
            assertThat(inTurn.get(1).getTokens()).isEqualTo(together.get(0).getTokens());
            assertThat(inTurn.get(2).getTokens()).isEqualTo(together.get(1).getTokens());
            assertThat(alone.getTokens()).isEqualTo(together.get(2).getTokens());
        }
    }

    @Test
    void shouldDrawCandidatesOnceForAllImagesOfAPrompt() throws IOException {
        // Given: the first image of three is done before the others are asked for
        TokenBatcher engine = engine(2);
        completed(submit(engine, image(57, 0), 0));
        double drawn = tokensDrawn();
        assertThat(drawn).isEqualTo(5 * 64);

        // When
        completed(submit(engine, image(57, 2), 0));
        completed(submit(engine, image(57, 1), 0));

        // Then: only once all of them have come they are forgotten
        assertThat(tokensDrawn()).isEqualTo(drawn);
        completed(submit(engine, image(57, 1), 0));
        assertThat(tokensDrawn()).isEqualTo(2 * drawn);

        // And: another prompt of the same words has its own
        completed(submit(engine, image(58, 0), 0));
        assertThat(tokensDrawn()).isEqualTo(3 * drawn);
    }

    /** A publisher of its own may say one lane in the record and use the topic of the other. */
    @Test
    void shouldServeEachLaneByItself() throws IOException {
        TokenBatcher engine = engine(2);
        ImageTokens first = completed(submit(engine, image(57, 0), 0));
        ImageTokens same = completed(submit(engine, image(57, 0), 1));
        assertThat(same.getTokens()).isEqualTo(first.getTokens());
        completed(submit(engine, request("next").build(), 0));
    }

    @Test
    void shouldCountADeadlineUntilTheFirstOfThePromptBegins() throws IOException {
        // Given: the first image has begun before the deadline
        permits.drainPermits();
        TokenBatcher engine = engine(2);
        Instant deadline = Instant.now().plusSeconds(1);
        var first = submit(
                engine,
                ImageRequest.newBuilder(image(57, 0)).setDeadline(deadline).build(),
                0);
        await().until(first::isActive);

        // When: the second comes after it
        await().until(() -> Instant.now().isAfter(deadline));
        var second = submit(
                engine,
                ImageRequest.newBuilder(image(57, 1)).setDeadline(deadline).build(),
                0);
        permits.release(PLENTY);

        // Then
        completed(first);
        completed(second);
    }

    @Test
    void shouldGoOnForTheImagesThatAreStillWanted() throws IOException {
        // Given: two of three images wait for candidates that are being drawn
        permits.drainPermits();
        TokenBatcher engine = engine(2);
        var first = submit(engine, image(57, 0), 0);
        await().until(first::isActive);
        var second = submit(engine, image(57, 1), 0);
        permits.release(3); // far from all candidates have begun: it needs no slot
        await().until(second::isActive);

        // When: the first is taken away, as by a rebalance
        first.cancel();
        permits.release(PLENTY);

        // Then
        List<Drawing> all = candidates(57, 5);
        assertThat(tokens(completed(second)))
                .containsExactly(all.get(ranking(all).get(1)).tokens());
        assertThat(tokensDrawn()).isEqualTo(5 * 64);
        assertThat(finished).containsExactly("three/1");
    }

    @Test
    void shouldDrawAgainWhatNobodyWantedAnyMore() throws IOException {
        // Given
        permits.drainPermits();
        TokenBatcher engine = engine(2);
        var first = submit(engine, image(57, 0), 0);
        await().until(first::isActive);

        // When
        first.cancel();
        permits.release(PLENTY);
        var again = submit(engine, image(57, 0), 0);

        // Then
        List<Drawing> all = candidates(57, 5);
        assertThat(tokens(completed(again)))
                .containsExactly(all.get(ranking(all).get(0)).tokens());
    }

    /** Image i of a prompt with three, of five candidates. */
    private static ImageRequest image(long seed, int i) {
        return request("three")
                .setImageId("three/" + i)
                .setIndex(i)
                .setCount(3)
                .setSeed(seed + i)
                .setCandidates(5)
                .build();
    }

    private double tokensDrawn() {
        return registry.get("dallemini.tokens").counter().count();
    }

    private static List<Drawing> candidates(long seed, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> scored(new TokenRequest(TEXT, null, seed + i, PARAMETERS)))
                .toList();
    }

    /** Their numbers, the best first. */
    private static List<Integer> ranking(List<Drawing> all) {
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> all.get(i).score()).reversed())
                .toList();
    }

    /** Scores of three kinds of images, from the logits of the decoder that is written down plainly. */
    @Test
    void shouldScoreAsThePlainlyWrittenDecoder() throws IOException {
        SamplingParameters unguided = new SamplingParameters(0.8f, 20, 0.9f, 1);
        int[] prefix = IntStream.range(0, 24).map(i -> 40 * i).toArray();
        List<TokenRequest> requests = List.of(
                new TokenRequest(TEXT, null, 7, PARAMETERS),
                new TokenRequest(TEXT, "a green square", 8, unguided),
                new TokenRequest(TEXT, null, 9, PARAMETERS, prefix));
        try (FlaxCheckpoint checkpoint = FlaxCheckpoint.open(TestModels.shapes())) {
            var plain = new ReferenceDecoder(model.config(), checkpoint);
            EncodedText with = model.encode(texts.prepare(TEXT).ids());
            for (TokenRequest request : requests) {
                // Given
                Drawing drawing = scored(request);
                EncodedText without = model.encode(
                        request.negativeText() == null
                                ? texts.unconditionalIds()
                                : texts.prepare(request.negativeText()).ids());
                int[] tokens = drawing.tokens();
                int[] fed = new int[tokens.length];
                fed[0] = model.config().decoderStartTokenId();
                System.arraycopy(tokens, 0, fed, 1, tokens.length - 1);

                // When
                float[][] conditional = plain.logits(with, fed);
                float[][] unconditional = plain.logits(without, fed);
                double expected = 0;
                for (int i = request.prefix().length; i < tokens.length; i++) {
                    expected += logSoftmax(conditional[i], tokens[i]) - logSoftmax(unconditional[i], tokens[i]);
                }

                // Then
                assertThat(drawing.score()).isCloseTo(expected, within(0.01)).isNotCloseTo(0, within(0.1));
            }
        }
    }

    @Test
    void shouldScoreTheSameWhateverIsDrawnBeside() {
        // Given
        var request = new TokenRequest(TEXT, null, 11, PARAMETERS);
        double alone = scored(request).score();

        // When
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, 8)) {
            var others = IntStream.range(0, 3)
                    .mapToObj(i -> batch.start(new TokenRequest("a green ring", null, i, PARAMETERS)))
                    .toList();
            batch.step();
            Drawing drawing = batch.start(request, true);
            batch.step();
            batch.cancel(others.get(0));
            for (int i = 0; i < 4; i++) {
                batch.start(new TokenRequest("two blue stars", null, i, PARAMETERS), true);
                batch.step();
            }
            while (!drawing.isEnded()) {
                batch.step();
            }

            // Then: to the bit
            assertThat(drawing.score()).isEqualTo(alone);
        }
    }

    @Test
    void shouldDrawTheSameTokensWhetherScoredOrNot() {
        SamplingParameters unguided = new SamplingParameters(1, 50, 1, 1);
        for (SamplingParameters parameters : List.of(PARAMETERS, unguided)) {
            var request = new TokenRequest(TEXT, null, 5, parameters);
            try (ContinuousBatch batch = ContinuousBatch.of(model, texts, 1)) {
                Drawing plain = batch.start(request);
                while (batch.size() > 0) {
                    batch.step();
                }
                assertThat(scored(request).tokens()).containsExactly(plain.tokens());
                assertThat(plain.score()).isZero();
            }
        }
    }

    @Test
    void shouldLetOthersThroughAsBetweenTheImagesOfAPrompt() {
        // Given: a long bulk task holds the only slot
        permits.drainPermits();
        TokenBatcher engine = engine(1);
        var bulk = submit(engine, request("bulk").setCandidates(3).build(), 1);
        await().until(bulk::isActive);

        // When
        var urgent = submit(engine, request("urgent").build(), 0);
        permits.release(PLENTY);

        // Then
        completed(urgent);
        completed(bulk);
        assertThat(finished).containsExactly("urgent/0", "bulk/0");
    }

    @Test
    void shouldGiveAllCandidatesOfACanceledJobUp() {
        // Given: two of eight are being drawn
        permits.drainPermits();
        TokenBatcher engine = engine(2);
        var task = submit(engine, request("unwanted").setCandidates(8).build(), 0);
        await().until(task::isActive);
        permits.release(3);
        await().until(() -> permits.availablePermits() == 0);

        // When
        canceled.add("unwanted");
        permits.release(1);

        // Then
        assertThat(rejected(task).code()).isEqualTo(ErrorCode.CANCELED);
        await().until(() -> registry.get("dallemini.batch.images").gauge().value() == 0);
        permits.release(PLENTY);
        completed(submit(engine, request("next").build(), 0));
        assertThat(finished).containsExactly("unwanted/0", "next/0");
    }

    @Test
    void shouldFailAsAWholeWhenTheModelFailsOnOne() {
        // Given: the second row that is opened is poisoned
        var opened = new AtomicInteger();
        batcher = engine(new LaneShares(2, 0, 0, 0), new DelegatingDecoder(model.decoder(ContinuousBatch.rows(2))) {
            private @Nullable Row poisoned;

            @Override
            public Row open(EncodedText text) {
                Row row = super.open(text);
                poisoned = opened.incrementAndGet() == 3 ? row : poisoned;
                return row;
            }

            @Override
            public void step() {
                fail(poisoned != null);
                super.step();
            }

            @Override
            public void step(List<Row> some) {
                fail(some.contains(poisoned));
                super.step(some);
            }

            @Override
            public void close(Row row) {
                poisoned = row.equals(poisoned) ? null : poisoned;
                super.close(row);
            }

            private void fail(boolean poisonous) {
                if (poisonous) {
                    throw new IllegalStateException("poison");
                }
            }
        });

        // When
        var task = submit(batcher, request("poisoned").setCandidates(6).build(), 0);

        // Then
        assertThat(rejected(task).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        completed(submit(batcher, request("next").build(), 0));
        assertThat(opened.get())
                .as("rows of two candidates and of the next image")
                .isLessThanOrEqualTo(8);
    }

    @Test
    void shouldTryACandidateAgainForWhichThereWasNoMemory() {
        // Given
        var opened = new AtomicInteger();
        batcher = engine(new LaneShares(2, 0, 0, 0), new DelegatingDecoder(model.decoder(ContinuousBatch.rows(2))) {
            @Override
            public Row open(EncodedText text) {
                if (opened.incrementAndGet() == 3) {
                    throw new OutOfMemoryError("not now");
                }
                return super.open(text);
            }
        });

        // When
        ImageTokens result =
                completed(submit(batcher, request("patient").setCandidates(3).build(), 0));

        // Then
        double best = IntStream.range(0, 3)
                .mapToDouble(i -> scored(new TokenRequest(TEXT, null, 42L + i, PARAMETERS))
                        .score())
                .max()
                .orElseThrow();
        assertThat(result.getRequest().getScore()).isEqualTo(best);
    }

    @Test
    void shouldRejectANumberThatIsNone() {
        var task = submit(engine(1), request("none").setCandidates(0).build(), 0);

        assertThat(rejected(task).code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(rejected(task).message()).contains("candidates is 0");

        var beyond = submit(
                engine(1),
                request("beyond").setIndex(5).setCount(5).setCandidates(5).build(),
                0);
        assertThat(rejected(beyond).message()).contains("index is 5, count 5 and candidates 5");
        var few = submit(engine(1), request("few").setCount(6).setCandidates(5).build(), 0);
        assertThat(rejected(few).message()).contains("index is 0, count 6 and candidates 5");
    }

    private static double logSoftmax(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return logits[token] - Math.log(sum);
    }

    private static ImageRequest.Builder request(String id) {
        return Requests.request(id, TEXT)
                .setSampling(Sampling.newBuilder().setGuidanceScale(2f).build());
    }

    private static Drawing scored(TokenRequest request) {
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, 1)) {
            Drawing drawing = batch.start(request, true);
            while (batch.size() > 0) {
                batch.step();
            }
            return drawing;
        }
    }

    private TokenBatcher engine(int slots) {
        if (batcher != null) {
            batcher.close();
        }
        batcher = engine(
                new LaneShares(slots, 0, 0, 0), new GatedDecoder(permits, model.decoder(ContinuousBatch.rows(slots))));
        return batcher;
    }

    private TokenBatcher engine(LaneShares shares, Decoder decoder) {
        var records = new TokenRecords(model.defaults(), new ModelInfo("shapes", "abc", "fp32"), model.config());
        var batch = new ContinuousBatch(model, texts::prepare, texts.unconditionalIds(), decoder);
        return new TokenBatcher(
                new TokenBatcher.Model(batch, records, new FakePictures(), WorkEnergy.ofAJouleEach(registry), () -> {}),
                shares,
                canceled::contains,
                new PreviewSchedule(records, 8, Set.of(Lane.INTERACTIVE), previews::add),
                registry,
                Clock.systemUTC());
    }

    private Task<ImageRequest, ImageTokens> submit(TokenBatcher engine, ImageRequest request, int lane) {
        var task = new Task<ImageRequest, ImageTokens>(request, lane, () -> finished.add(request.getImageId()));
        engine.submit(task);
        return task;
    }
}
