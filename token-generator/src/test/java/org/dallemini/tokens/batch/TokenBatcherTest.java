package org.dallemini.tokens.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.dallemini.tokens.batch.Results.completed;
import static org.dallemini.tokens.batch.Results.rejected;
import static org.dallemini.tokens.batch.Results.tokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.dallemini.dalle.bart.BartModel;
import org.dallemini.dalle.bart.Decoder;
import org.dallemini.dalle.bart.EncodedText;
import org.dallemini.dalle.drawing.ContinuousBatch;
import org.dallemini.dalle.drawing.Drawing;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.sampling.SamplingParameters;
import org.dallemini.dalle.testing.DelegatingDecoder;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.dalle.testing.UnreadableText;
import org.dallemini.dalle.text.TextProcessor;
import org.dallemini.events.ImagePrefix;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageRedraw;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.Lane;
import org.dallemini.events.ModelInfo;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.Prefixes;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Outcome;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenBatcherTest {
    private static final String TEXT = "a red circle";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final int PLENTY = 1_000_000;
    private static final ModelInfo INFO = new ModelInfo("shapes", "abc", "fp32");

    private static BartModel model;
    private static TextProcessor texts;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Semaphore permits = new Semaphore(PLENTY);
    private final List<String> finished = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> canceled = ConcurrentHashMap.newKeySet();
    private final List<ImagePreview> previews = Collections.synchronizedList(new ArrayList<>());
    private final FakePictures encoder = new FakePictures();
    private @Nullable TokenBatcher batcher;

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

    @AfterEach
    void stop() {
        permits.release(PLENTY);
        if (batcher != null) {
            batcher.close();
        }
    }

    @Test
    void shouldDrawWhatIsAskedForWithTheDefaultsOfTheModel() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        ImageRequest request = Requests.request("a", TEXT).build();

        // When
        ImageTokens result = completed(submit(engine, request, 0));

        // Then: the trained model's generation_config.json says guidance 2
        assertThat(result.getRequest().getSampling()).isEqualTo(new Sampling(1f, 50, 1f, 2f, 0, 1));
        assertThat(result.getRequest())
                .usingRecursiveComparison()
                .ignoringFields("sampling")
                .isEqualTo(request);
        assertThat(tokens(result))
                .containsExactly(alone(new TokenRequest(TEXT, null, 42, new SamplingParameters(1, 50, 1, 2))));
        assertThat(result.getRows()).isEqualTo(8);
        assertThat(result.getColumns()).isEqualTo(8);
        assertThat(result.getNormalizedText()).isEqualTo(" " + TEXT);
        assertThat(result.getModel()).isEqualTo(INFO);
        assertThat(result.getTiming().getStartedAt()).isEqualTo(NOW);
        assertThat(result.getTiming().getDurationMillis()).isPositive();
        assertThat(registry.get("dallemini.tokens").counter().count()).isEqualTo(64);
    }

    @Test
    void shouldDivideTheEnergyOfStepsAmongTheirImages() {
        // Given: an image with guidance, which takes two rows, and one without; both wait
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        var guided = submit(engine, Requests.request("guided", TEXT).build(), 0);
        Sampling plain = Sampling.newBuilder().setGuidanceScale(1f).build();
        var unguided = submit(
                engine, Requests.request("unguided", TEXT).setSampling(plain).build(), 0);

        // When
        permits.release(PLENTY);
        double ofGuided = joules(completed(guided));
        double ofUnguided = joules(completed(unguided));

        // Then: 64 steps of a joule each, or one more where the second came a step later
        assertThat(ofGuided + ofUnguided).isBetween(63.99, 65.01);
        assertThat(ofGuided / ofUnguided).isBetween(1.8, 2.2);
        assertThat(registry.get("dallemini.footprint.energy.joules").counter().count())
                .isCloseTo(ofGuided + ofUnguided, within(1e-6));
        assertThat(registry.get("dallemini.footprint.co2e.grams").counter().count())
                .isCloseTo((ofGuided + ofUnguided) / 1e4, within(1e-6));
    }

    private static double joules(ImageTokens tokens) {
        return Objects.requireNonNull(tokens.getTiming().getFootprint()).getEnergyJoules();
    }

    @Test
    void shouldRejectAValueOutOfItsRangeAndDrawTheOthers() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        Sampling cold = Sampling.newBuilder().setTemperature(0f).build();

        // When
        var bad = submit(engine, Requests.request("bad", TEXT).setSampling(cold).build(), 0);
        var unreadable = submit(
                engine, Requests.request("unreadable", UnreadableText.TEXT).build(), 0);
        var good = submit(engine, Requests.request("good", TEXT).build(), 0);

        // Then
        assertThat(rejected(bad).code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(rejected(bad).message()).contains("bad/0", "temperature is 0.0", "above 0");
        assertThat(rejected(unreadable).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        assertThat(rejected(unreadable).message()).contains("unreadable/0");
        completed(good);
    }

    @Test
    void shouldFinishTheOthersOfAFullBatchInWhichOneFailsInTheMiddle() {
        // Given: from the 30th step on the model's code fails on a certain row
        String poisonousText = "a text that is longer than the others";
        int length = texts.prepare(poisonousText).ids().length;
        var poisonous = new AtomicReference<Decoder.@Nullable Row>();
        var steps = new AtomicInteger();
        permits.drainPermits();
        TokenBatcher engine = engine(
                new LaneShares(4, 0, 0, 0),
                new GatedDecoder(permits, new DelegatingDecoder(model.decoder(ContinuousBatch.rows(4))) {
                    @Override
                    public Row open(EncodedText text) {
                        Row row = super.open(text);
                        if (text.length() == length) {
                            poisonous.set(row);
                        }
                        return row;
                    }

                    @Override
                    public void step() {
                        fail(poisonous.get() != null && steps.incrementAndGet() >= 30);
                        super.step();
                    }

                    @Override
                    public void step(List<Row> some) {
                        fail(some.contains(poisonous.get()));
                        super.step(some);
                    }

                    @Override
                    public void close(Row row) {
                        poisonous.compareAndSet(row, null);
                        super.close(row);
                    }

                    private void fail(boolean poisoned) {
                        if (poisoned) {
                            throw new StackOverflowError("poison");
                        }
                    }
                }));
        batcher = engine;

        // When
        var poison = submit(engine, Requests.request("poison", poisonousText).build(), 0);
        var others = IntStream.range(0, 3)
                .mapToObj(i -> submit(engine, Requests.request("good" + i, TEXT).build(), 0))
                .toList();
        permits.release(PLENTY);

        // Then
        assertThat(rejected(poison).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        assertThat(rejected(poison).message()).contains("poison/0");
        int[] undisturbed = alone(new TokenRequest(TEXT, null, 42, new SamplingParameters(1, 50, 1, 2)));
        assertThat(others)
                .allSatisfy(task -> assertThat(tokens(completed(task))).containsExactly(undisturbed));
        assertThat(engineTrouble()).isEmpty();
    }

    @Test
    void shouldDrawAnImageWhoseTextDidNotFitIntoMemoryAtFirst() {
        // Given
        var failures = new AtomicInteger(1);
        batcher = engine(new LaneShares(2, 0, 0, 0), new DelegatingDecoder(model.decoder(ContinuousBatch.rows(2))) {
            @Override
            public Row open(EncodedText text) {
                if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("not now");
                }
                return super.open(text);
            }
        });

        // When
        var task = submit(batcher, Requests.request("patient", TEXT).build(), 0);

        // Then
        completed(task);
    }

    @Test
    void shouldStartNothingAfterItsDeadline() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));

        // When
        var late = submit(
                engine,
                Requests.request("late", TEXT).setDeadline(NOW.minusMillis(1)).build(),
                0);
        var timely =
                submit(engine, Requests.request("timely", TEXT).setDeadline(NOW).build(), 0);

        // Then
        assertThat(rejected(late).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        completed(timely);
    }

    @Test
    void shouldFreeTheRowOfACanceledJobWithinOneStepAndDrawTheOthersAsAlone() {
        // Given: two are being drawn
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        var wanted = submit(engine, Requests.request("wanted", TEXT).build(), 0);
        var unwanted = submit(engine, Requests.request("unwanted", TEXT).build(), 0);
        permits.release(1); // the first step may begin before the second image is there
        await().until(() -> wanted.isActive() && unwanted.isActive());
        permits.release(5);
        await().until(() -> permits.availablePermits() == 0);

        // When
        canceled.add("unwanted");
        permits.release(1);

        // Then: after the step that is under way
        assertThat(rejected(unwanted).code()).isEqualTo(ErrorCode.CANCELED);
        assertThat(rejected(unwanted).message()).contains("unwanted/0", "job unwanted");
        assertThat(wanted.isActive()).isTrue();
        await().until(() -> registry.get("dallemini.batch.images").gauge().value() == 1);
        permits.release(PLENTY);
        assertThat(tokens(completed(wanted)))
                .containsExactly(alone(new TokenRequest(TEXT, null, 42, new SamplingParameters(1, 50, 1, 2))));
        assertThat(finished).containsExactly("unwanted/0", "wanted/0");
    }

    @Test
    void shouldBeginNothingOfACanceledJobAndWaitForNoSlotToSaySo() {
        // Given: the only slot is taken, one waits for it
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var first = submit(engine, Requests.request("first", TEXT).build(), 0);
        await().until(first::isActive);
        var waiting = submit(
                engine, Requests.request("waiting", TEXT).setJobId("given up").build(), 1);

        // When
        canceled.add("given up");
        permits.release(1);

        // Then
        assertThat(rejected(waiting).code()).isEqualTo(ErrorCode.CANCELED);
        var late = submit(
                engine, Requests.request("late", TEXT).setJobId("given up").build(), 1);
        assertThat(late.outcome()).isInstanceOf(Outcome.Rejected.class);
        assertThat(first.isActive()).isTrue();

        // And when it is resumed
        canceled.clear();
        permits.release(PLENTY);
        completed(first);
        completed(submit(
                engine, Requests.request("again", TEXT).setJobId("given up").build(), 1));
    }

    @Test
    void shouldReadNoPictureOfACanceledJob() {
        // Given
        encoder.hold();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var first = submit(engine, pictured("first", "picture", 2), 0);
        var second = submit(engine, pictured("second", "damaged", 2), 0);
        await().until(encoder::isUsed);

        // When
        canceled.add("second");
        encoder.release();

        // Then
        completed(first);
        assertThat(rejected(second).code()).isEqualTo(ErrorCode.CANCELED);
    }

    @Test
    void shouldPutInteractiveImagesFirst() {
        // Given: one slot, taken
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var first = submit(engine, Requests.request("first", TEXT).build(), 1);
        await().until(first::isActive);

        // When
        submit(engine, Requests.request("bulk", TEXT).build(), 1);
        var last = submit(engine, Requests.request("interactive", TEXT).build(), 0);
        permits.release(PLENTY);

        // Then
        completed(last);
        await().until(() -> finished.size() == 3);
        assertThat(finished).containsExactly("first/0", "interactive/0", "bulk/0");
    }

    @Test
    void shouldGiveTheSlotOfACancelledTaskToTheNext() {
        // Given: one slot, taken; two wait
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var first = submit(engine, Requests.request("first", TEXT).build(), 0);
        await().until(first::isActive);
        var waiting = submit(engine, Requests.request("waiting", TEXT).build(), 0);
        var second = submit(engine, Requests.request("second", TEXT).build(), 0);
        assertThat(engine.waiting(0)).isEqualTo(2);

        // When
        waiting.cancel();
        first.cancel();
        assertThat(engine.waiting(0)).isEqualTo(1);
        permits.release(PLENTY);

        // Then
        completed(second);
        assertThat(finished).containsExactly("second/0");
        assertThat(engine.waiting(0)).isZero();
        assertThat(registry.get("dallemini.batch.images").gauge().value()).isZero();
    }

    @Test
    void shouldStartBulkImagesSomeStepsApart() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 16));

        // When
        List<Task<ImageRequest, ImageTokens>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(submit(engine, Requests.request("bulk" + i, TEXT).build(), 1));
        }
        tasks.forEach(Results::completed);

        // Then: 64 steps for the first, 16 more for each other
        assertThat(registry.get("dallemini.token.steps").timer().count()).isEqualTo(64 + 3 * 16);
        assertThat(finished).containsExactly("bulk0/0", "bulk1/0", "bulk2/0", "bulk3/0");
    }

    @Test
    void shouldLeaveWhatItHasInHandWhenClosed() throws InterruptedException {
        // Given
        permits.drainPermits();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var active = submit(engine, Requests.request("active", TEXT).build(), 0);
        var waiting = submit(engine, Requests.request("waiting", TEXT).build(), 0);
        await().until(active::isActive);

        // When
        Thread closer = new Thread(engine::close);
        closer.start();
        await().until(() -> closer.getState() == Thread.State.WAITING); // for the step to end
        permits.release(PLENTY);
        closer.join();

        // Then
        assertThat(active.outcome()).isNull();
        assertThat(waiting.outcome()).isNull();
        assertThat(waiting.isActive()).isFalse();
        assertThat(registry.find("dallemini.batch.images").gauge()).isNull();
    }

    @Test
    void shouldWaitOutADecoderThatFailsAltogether() {
        // Given
        AtomicBoolean broken = new AtomicBoolean(true);
        batcher = engine(new LaneShares(2, 0, 0, 0), new DelegatingDecoder(model.decoder(ContinuousBatch.rows(2))) {
            @Override
            public void step() {
                check();
                super.step();
            }

            @Override
            public void step(List<Row> some) {
                check();
                super.step(some);
            }

            private void check() {
                if (broken.get()) {
                    throw new ModelException("out of order");
                }
            }
        });
        var task = submit(batcher, Requests.request("patient", TEXT).build(), 0);
        await().until(() -> !engineTrouble().isEmpty());
        assertThat(engineTrouble()).contains("out of order");
        assertThat(task.isActive()).isTrue();

        // When
        broken.set(false);

        // Then
        completed(task);
        await().until(() -> engineTrouble().isEmpty());
    }

    @Test
    void shouldBeginWithTheTokensOfThePrefix() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        int[] whole =
                tokens(completed(submit(engine, Requests.request("whole", TEXT).build(), 0)));
        ImagePrefix prefix = new ImagePrefix(bytes(Arrays.copyOf(whole, 20)), null, null);

        // When
        ImageTokens completed = completed(
                submit(engine, Requests.request("rest", TEXT).setPrefix(prefix).build(), 0));

        // Then
        assertThat(tokens(completed)).containsExactly(whole);
        assertThat(completed.getRequest().getPrefix()).isEqualTo(prefix);
        assertThat(encoder.isUsed()).isFalse();
    }

    @Test
    void shouldPutTheTokensOfAPictureInItsPlace() {
        // Given: two rows of 8 tokens
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        ImageRequest request = pictured("a", "picture", 2);

        // When
        ImageTokens result = completed(submit(engine, request, 0));

        // Then
        int[] kept = Arrays.copyOf(FakePictures.TOKENS, 16);
        assertThat(tokens(result)).startsWith(kept);
        assertThat(result.getRequest().getPrefix()).isEqualTo(new ImagePrefix(bytes(kept), null, null));
        assertThat(tokens(result))
                .containsExactly(alone(new TokenRequest(TEXT, null, 42, new SamplingParameters(1, 50, 1, 2), kept)));
    }

    /** A mask of the grid's size whose cells are transparent from one on. */
    private static ByteBuffer maskFrom(int firstTransparent) throws IOException {
        BufferedImage mask = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
        for (int cell = 0; cell < firstTransparent; cell++) {
            mask.setRGB(cell % 8, cell / 8, 0xff000000);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(mask, "png", png);
        return ByteBuffer.wrap(png.toByteArray());
    }

    private static ImageRequest redrawn(String id, ImageRedraw redraw) {
        ByteBuffer picture = ByteBuffer.wrap("picture".getBytes(StandardCharsets.UTF_8));
        return Requests.request(id, TEXT)
                .setPrefix(new ImagePrefix(null, picture, null))
                .setRedraw(redraw)
                .build();
    }

    @Test
    void shouldDrawAgainWhatAMaskLetsThrough() throws Exception {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));

        // When: all but the first 50 cells
        ImageTokens result = completed(submit(engine, redrawn("a", new ImageRedraw(maskFrom(50), null)), 0));

        // Then: as when so many tokens are given
        int[] kept = Arrays.copyOf(FakePictures.TOKENS, 50);
        assertThat(tokens(result))
                .containsExactly(alone(new TokenRequest(TEXT, null, 42, new SamplingParameters(1, 50, 1, 2), kept)));
        assertThat(Prefixes.tokens(result.getRequest())).isEqualTo(50);
        assertThat(result.getRequest().getRedraw()).isNull();
    }

    @Test
    void shouldDrawAgainTheShareThatIsAskedFor() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));

        // When
        ImageTokens quarter = completed(submit(engine, redrawn("a", new ImageRedraw(null, 0.25f)), 0));
        ImageTokens again = completed(submit(engine, redrawn("b", new ImageRedraw(null, 0.25f)), 0));
        ImageTokens least = completed(submit(engine, redrawn("c", new ImageRedraw(null, 0.0001f)), 0));

        // Then: the same seed chooses the same cells
        assertThat(Prefixes.tokens(quarter.getRequest())).isEqualTo(48);
        assertThat(tokens(again)).containsExactly(tokens(quarter));
        assertThat(Prefixes.tokens(least.getRequest())).isEqualTo(63);
        int same = 0;
        for (int i = 0; i < 64; i++) {
            same += tokens(quarter)[i] == FakePictures.TOKENS[i] ? 1 : 0;
        }
        assertThat(same).isBetween(48, 63);
    }

    @Test
    void shouldRejectMasksThatKeepAllOrNothing() throws Exception {
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));

        var all = submit(engine, redrawn("all", new ImageRedraw(maskFrom(64), null)), 0);
        var nothing = submit(engine, redrawn("nothing", new ImageRedraw(maskFrom(0), null)), 0);
        var broken = submit(engine, redrawn("broken", new ImageRedraw(ByteBuffer.wrap(new byte[9]), null)), 0);

        assertThat(rejected(all).message()).contains("all/0", "64 tokens");
        assertThat(rejected(nothing).message()).contains("nothing/0", "0 given of 64");
        assertThat(rejected(broken).message()).contains("broken/0", "redraw.mask", "neither PNG nor JPEG");
        assertThat(rejected(broken).code()).isEqualTo(ErrorCode.INVALID_PREFIX);
    }

    @Test
    void shouldRejectABadPrefixAndDrawTheOthers() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));
        ImagePrefix tooLong = new ImagePrefix(bytes(new int[64]), null, null);
        ImagePrefix beyond = new ImagePrefix(bytes(7, model.config().imageVocabSize()), null, null);

        // When
        var bad =
                submit(engine, Requests.request("long", TEXT).setPrefix(tooLong).build(), 0);
        var foreign = submit(
                engine, Requests.request("foreign", TEXT).setPrefix(beyond).build(), 0);
        var damaged = submit(engine, pictured("damaged", FakePictures.DAMAGED, 2), 0);
        var allRows = submit(engine, pictured("all", "picture", 8), 0);
        var good = submit(engine, pictured("good", "picture", 7), 0);

        // Then
        assertThat(rejected(bad).code()).isEqualTo(ErrorCode.INVALID_PREFIX);
        assertThat(rejected(bad).message()).contains("long/0", "64 tokens");
        assertThat(rejected(foreign).code()).isEqualTo(ErrorCode.INVALID_PREFIX);
        assertThat(rejected(foreign).message()).contains("foreign/0", "token 1 is 1024", "0 to 1023");
        assertThat(rejected(damaged).code()).isEqualTo(ErrorCode.INVALID_PREFIX);
        assertThat(rejected(damaged).message()).contains("damaged/0", "cut off");
        assertThat(rejected(allRows).code()).isEqualTo(ErrorCode.INVALID_PREFIX);
        assertThat(rejected(allRows).message()).contains("all/0", "rows is 8", "1 to 7");
        completed(good);
    }

    @Test
    void shouldGoOnDrawingWhileAPictureIsRead() {
        // Given
        encoder.hold();
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var slow = submit(engine, pictured("slow", "picture", 2), 0);
        var given = submit(engine, pictured("given up", "picture", 2), 0);
        await().until(encoder::isUsed);

        // When
        completed(submit(engine, Requests.request("quick", TEXT).build(), 0));

        // Then
        assertThat(engine.waiting(0)).isEqualTo(2);
        given.cancel();
        assertThat(engine.waiting(0)).isEqualTo(1);
        assertThat(slow.isActive()).isFalse();
        encoder.release();
        completed(slow);
        assertThat(finished).containsExactly("quick/0", "slow/0");
        assertThat(engine.waiting(0)).isZero();
    }

    @Test
    void shouldReadNoPictureAfterTheDeadline() {
        // Given
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));

        // When
        var late = submit(
                engine,
                Requests.request("late", TEXT)
                        .setPrefix(pictured("late", "picture", 2).getPrefix())
                        .setDeadline(NOW.minusMillis(1))
                        .build(),
                0);

        // Then
        assertThat(rejected(late).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(encoder.isUsed()).isFalse();
    }

    @Test
    void shouldWaitOutAnEncoderThatDoesNotWork() {
        // Given
        encoder.fail(true);
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var patient = submit(engine, pictured("patient", "picture", 2), 0);
        await().until(() -> engine.trouble().contains("disk is away"));
        assertThat(patient.outcome()).isNull();

        // When
        encoder.fail(false);

        // Then
        completed(patient);
        await().until(() -> engine.trouble().isEmpty());
    }

    @Test
    void shouldRejectAPictureOnWhichTheModelFailsAndReadTheOthers() {
        // Given
        TokenBatcher engine = engine(new LaneShares(2, 0, 0, 0));

        // When
        var poison = submit(engine, pictured("poison", FakePictures.POISON, 2), 0);
        var good = submit(engine, pictured("good", "picture", 2), 0);

        // Then
        assertThat(rejected(poison).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        assertThat(rejected(poison).message()).contains("poison/0", "picture");
        completed(good);
        assertThat(engine.trouble()).isEmpty();
    }

    @Test
    void shouldCloseTheEncoderAndLeaveItsPictureWaiting() {
        // Given
        encoder.fail(true);
        TokenBatcher engine = engine(new LaneShares(1, 0, 0, 0));
        var task = submit(engine, pictured("left", "picture", 2), 0);
        await().until(() -> !engine.trouble().isEmpty());

        // When
        engine.close();

        // Then
        assertThat(encoder.isClosed()).isTrue();
        assertThat(task.outcome()).isNull();
        assertThat(task.isActive()).isFalse();
    }

    @Test
    void shouldShowAnImageRowByRowWhileItIsDrawn() {
        // Given: a model of 8 rows of 8 tokens
        TokenBatcher engine = engine(new LaneShares(4, 0, 0, 0));

        // When
        var first = submit(engine, Requests.request("a", TEXT).setSeed(1).build(), 0);
        var second = submit(engine, Requests.request("b", TEXT).setSeed(2).build(), 0);

        // Then: not the last row, for then the image is done
        for (var task : List.of(first, second)) {
            ImageTokens result = completed(task);
            ImageRequest request = task.input();
            List<ImagePreview> shown = previews.stream()
                    .filter(preview -> preview.getImageId().equals(request.getImageId()))
                    .toList();
            assertThat(shown)
                    .extracting(preview -> preview.getTokens().remaining())
                    .containsExactly(16, 32, 48, 64, 80, 96, 112);
            assertThat(shown).allSatisfy(preview -> {
                ByteBuffer complete = result.getTokens();
                assertThat(preview.getTokens())
                        .isEqualTo(complete.slice(0, preview.getTokens().remaining()));
                assertThat(preview.getPromptId()).isEqualTo(request.getPromptId());
                assertThat(preview.getJobId()).isEqualTo(request.getJobId());
                assertThat(List.of(preview.getRows(), preview.getColumns())).containsExactly(8, 8);
                assertThat(preview.getModelRevision()).isEqualTo(INFO.getRevision());
            });
        }
    }

    @Test
    void shouldNotShowImagesOfALaneThatNobodyWatches() {
        // Given
        TokenBatcher engine = engine(new LaneShares(4, 1, 0, 0));

        // When
        completed(submit(engine, Requests.request("a", TEXT).setLane(Lane.BULK).build(), 1));

        // Then
        assertThat(previews).isEmpty();
    }

    private static ImageRequest pictured(String id, String picture, int rows) {
        ByteBuffer file = ByteBuffer.wrap(picture.getBytes(StandardCharsets.UTF_8));
        return Requests.request(id, TEXT)
                .setPrefix(new ImagePrefix(null, file, rows))
                .build();
    }

    private static ByteBuffer bytes(int... tokens) {
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * tokens.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int token : tokens) {
            bytes.putShort((short) token);
        }
        return bytes.flip();
    }

    private String engineTrouble() {
        return batcher == null ? "" : batcher.trouble();
    }

    private TokenBatcher engine(LaneShares shares) {
        batcher = engine(shares, new GatedDecoder(permits, model.decoder(ContinuousBatch.rows(shares.slots()))));
        return batcher;
    }

    private TokenBatcher engine(LaneShares shares, Decoder decoder) {
        TokenRecords records = new TokenRecords(model.defaults(), INFO, model.config());
        var batch = new ContinuousBatch(model, UnreadableText.in(texts), texts.unconditionalIds(), decoder);
        return new TokenBatcher(
                new TokenBatcher.Model(batch, records, encoder, WorkEnergy.ofAJouleEach(registry), () -> {}),
                shares,
                canceled::contains,
                new PreviewSchedule(records, 8, Set.of(Lane.INTERACTIVE), previews::add),
                registry,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Task<ImageRequest, ImageTokens> submit(TokenBatcher engine, ImageRequest request, int lane) {
        var task = new Task<ImageRequest, ImageTokens>(request, lane, () -> finished.add(request.getImageId()));
        engine.submit(task);
        return task;
    }

    private static int[] alone(TokenRequest request) {
        try (ContinuousBatch batch = ContinuousBatch.of(model, texts, 1)) {
            Drawing drawing = batch.start(request);
            while (batch.size() > 0) {
                batch.step();
            }
            return drawing.tokens();
        }
    }
}
