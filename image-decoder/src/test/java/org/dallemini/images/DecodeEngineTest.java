package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.dallemini.images.testing.Events.NOW;
import static org.dallemini.images.testing.Events.bytes;
import static org.dallemini.images.testing.Events.imageTokens;
import static org.dallemini.images.testing.Events.model;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.dallemini.dalle.vqgan.ImageDecoder;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.Footprint;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.ImageVerdict;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.testing.Redness;
import org.dallemini.footprint.CarbonIntensity;
import org.dallemini.footprint.EnergyModel;
import org.dallemini.footprint.Usage;
import org.dallemini.footprint.UsageMeter;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Outcome;
import org.dallemini.stage.Task;
import org.dallemini.stage.footprint.Footprints;
import org.dallemini.stage.moderation.Release;
import org.dallemini.stage.tracing.TraceSpan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecodeEngineTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Redness redness = new Redness();
    private final ImageFilter filter = redness.filter(Map.of(), registry);
    private final FakeQuarantine quarantine = new FakeQuarantine();
    private final List<DecodeEngine> engines = new ArrayList<>();

    @AfterEach
    void close() {
        engines.forEach(DecodeEngine::close);
    }

    @Test
    void shouldTurnTokensIntoAFinishedImage() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());
        ImageTokens record = imageTokens("p/0", 1, 2, 3, 4);

        // When
        GeneratedImage image = completed(submit(engine, record));

        // Then
        assertThat(image.getRequest()).isEqualTo(record.getRequest());
        assertThat(image.getTokenModel()).isEqualTo(record.getModel());
        assertThat(image.getTokenTiming()).isEqualTo(record.getTiming());
        assertThat(image.getDecoderModel()).isEqualTo(model("vqgan"));
        assertThat(image.getDecodeTiming().getStartedAt()).isEqualTo(NOW);
        assertThat(image.getDecodeTiming().getFootprint())
                .as("of decoding, judging and writing")
                .isEqualTo(new Footprint(
                        3.0,
                        CarbonIntensity.of("360").grams(3),
                        "estimate: processor time x 1.00 W (as configured), 360 g/kWh (as configured)"));
        assertThat(image.getContentType()).isEqualTo("image/png");
        assertThat(image.getWidth()).isEqualTo(1);
        assertThat(image.getHeight()).isEqualTo(1);
        assertThat(Pngs.rgb(image.getData())).containsExactly(1, 2, 3);
        assertThat(image.getSha256()).isEqualTo(Pngs.sha256(image.getData())).hasSize(64);
        assertThat(registry.get("dallemini.image.decodes").timer().count()).isEqualTo(1);
        assertThat(registry.get("dallemini.image.encodings").timer().count()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheSameBytesForTheSameRecord() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());

        // When
        GeneratedImage once = completed(submit(engine, imageTokens("p/0", 1, 2, 3, 4)));
        GeneratedImage again = completed(submit(engine, imageTokens("p/0", 1, 2, 3, 4)));

        // Then
        assertThat(again.getData()).isEqualTo(once.getData());
        assertThat(again.getSha256()).isEqualTo(once.getSha256());
    }

    @Test
    void shouldRejectTokensThatDoNotFillTheirGrid() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());
        ImageTokens odd = imageTokens("p/0", null, 2, 2, ByteBuffer.allocate(7));
        ImageTokens negative = imageTokens("p/1", null, -2, -2, bytes(1, 2, 3, 4));
        ImageTokens huge = imageTokens("p/2", null, Integer.MAX_VALUE, Integer.MAX_VALUE, bytes(1, 2, 3, 4));

        // Then
        assertThat(rejected(submit(engine, odd)))
                .isEqualTo(new Outcome.Rejected<GeneratedImage>(
                        ErrorCode.INVALID_RECORD,
                        "image p/0: 7 bytes of tokens do not fill a grid of 2 rows and 2 columns with 2 bytes each;"
                                + " correct the producer",
                        null));
        assertThat(rejected(submit(engine, negative)).code()).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(rejected(submit(engine, huge)).code()).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    @Test
    void shouldRejectGridsOfAnotherModel() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());
        ImageTokens larger = imageTokens("p/0", IntStream.range(0, 9).toArray());
        ImageTokens flat = imageTokens("p/1", null, 1, 4, bytes(1, 2, 3, 4));

        // Then
        Outcome.Rejected<GeneratedImage> rejected = rejected(submit(engine, larger));
        assertThat(rejected.code()).isEqualTo(ErrorCode.MODEL_MISMATCH);
        assertThat(rejected.message())
                .isEqualTo(
                        "image p/0: the model shapes drew 3 rows and 3 columns of tokens, this VQGAN decodes 2 and 2;"
                                + " run the decoder with the VQGAN that belongs to it");
        assertThat(rejected(submit(engine, flat)).code()).isEqualTo(ErrorCode.MODEL_MISMATCH);
    }

    @Test
    void shouldNotDecodeWhatNobodyWaitsForAnyMore() {
        // Given
        FakeDecoder decoder = new FakeDecoder();
        DecodeEngine engine = start(decoder);
        ImageTokens late = imageTokens("p/0", NOW.minusMillis(1), 2, 2, bytes(1, 2, 3, 4));
        ImageTokens inTime = imageTokens("p/1", NOW, 2, 2, bytes(1, 2, 3, 4));

        // Then
        assertThat(rejected(submit(engine, late)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(decoder.attempts).isZero();
        assertThat(completed(submit(engine, inTime)).getWidth()).isEqualTo(1);
    }

    @Test
    void shouldRejectARecordOnWhichTheModelFailsAndGoOn() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());

        // When
        Task<ImageTokens, GeneratedImage> before = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        Task<ImageTokens, GeneratedImage> poison = submit(engine, imageTokens("p/1", 1, 2, 3, FakeDecoder.POISON));
        Task<ImageTokens, GeneratedImage> deadly =
                submit(engine, imageTokens("p/3", 1, 2, 3, FakeDecoder.DEADLY_POISON));
        Task<ImageTokens, GeneratedImage> after = submit(engine, imageTokens("p/2", 4, 3, 2, 1));

        // Then
        assertThat(rejected(poison).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        assertThat(rejected(poison).message()).isEqualTo("image p/1: decoding fails on it: poison");
        assertThat(rejected(poison).cause()).hasMessage("poison");
        assertThat(rejected(deadly).code()).isEqualTo(ErrorCode.MODEL_FAILURE);
        assertThat(Pngs.rgb(completed(before).getData())).containsExactly(1, 2, 3);
        assertThat(Pngs.rgb(completed(after).getData())).containsExactly(4, 3, 2);
        assertThat(engine.trouble()).isEmpty();
    }

    @Test
    void shouldWaitOutTroubleOfTheModelItself() {
        // Given
        FakeDecoder decoder = new FakeDecoder();
        decoder.broken = true;
        DecodeEngine engine = start(decoder);

        // When
        Task<ImageTokens, GeneratedImage> task = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        await().until(() -> decoder.attempts >= 4);

        // Then
        assertThat(engine.trouble()).contains("no memory");
        assertThat(task.outcome()).isNull();
        decoder.broken = false;
        assertThat(Pngs.rgb(completed(task).getData())).containsExactly(1, 2, 3);
        assertThat(engine.trouble()).isEmpty();
    }

    @Test
    void shouldLetPassAndMarkWhatAPersonHasReleased() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());
        var release = new Release("ann", "a poppy");
        var task = new Task<ImageTokens, GeneratedImage>(
                imageTokens("p/0", 255, 2, 3, 4), 0, Optional.of(release), TraceSpan.NONE, () -> {});

        // When
        engine.submit(task);
        ImageVerdict verdict = completed(task).getVerdict();

        // Then
        assertThat(verdict.getMark()).isEqualTo("porn");
        assertThat(verdict.getScores()).containsEntry("porn", 1f);
        assertThat(verdict.getReleasedBy()).isEqualTo("ann");
        assertThat(verdict.getReleaseReason()).isEqualTo("a poppy");
    }

    @Test
    void shouldRejectWhatTheFilterRefusesAndMarkWhatItMarks() {
        // Given: an image is as red as its first token says
        DecodeEngine engine = start(new FakeDecoder());

        // When
        var refused = submit(engine, imageTokens("p/0", 255, 2, 3, 4));
        var marked = submit(engine, imageTokens("p/1", 150, 2, 3, 4));
        var passed = submit(engine, imageTokens("p/2", 1, 2, 3, 4));

        // Then
        assertThat(rejected(refused).code()).isEqualTo(ErrorCode.CONTENT_POLICY);
        assertThat(rejected(refused).message()).startsWith("image p/0: ").contains("porn 1.00");
        assertThat(completed(marked).getVerdict().getMark()).isEqualTo("porn");
        assertThat(completed(marked).getVerdict().getScores()).containsEntry("porn", 150 / 255f);
        assertThat(completed(passed).getVerdict().getMark()).isNull();
        assertThat(registry.get("dallemini.image.encodings").timer().count())
                .as("no file was made of the refused one")
                .isEqualTo(2);
    }

    @Test
    void shouldKeepWhatTheFilterRefusesBeforeItIsDeadLettered() {
        // Given
        quarantine.isOn = true;
        quarantine.isAway = true;
        DecodeEngine engine = start(new FakeDecoder());

        // When
        var refused = submit(engine, imageTokens("p/0", 255, 2, 3, 4));
        await().until(() -> engine.trouble().equals("The quarantine is away"));

        // Then
        assertThat(refused.outcome()).isNull();
        quarantine.isAway = false;
        assertThat(rejected(refused).message()).startsWith("image p/0 (kept as there/p/0): the image filter refuses");
        assertThat(Pngs.rgb(ByteBuffer.wrap(quarantine.kept.get("p/0")))).containsExactly(255, 2, 3);

        // When: others leave
        completed(submit(engine, imageTokens("p/1", 150, 2, 3, 4)));

        // Then
        assertThat(quarantine.kept).containsOnlyKeys("p/0");
    }

    @Test
    void shouldKeepNoPictureThatIsReleased() {
        // Given
        quarantine.isOn = true;
        DecodeEngine engine = start(new FakeDecoder());
        rejected(submit(engine, imageTokens("p/0", 255, 2, 3, 4)));
        rejected(submit(engine, imageTokens("p/1", 255, 2, 3, 4)));
        var released = new Task<ImageTokens, GeneratedImage>(
                imageTokens("p/0", 255, 2, 3, 4),
                0,
                Optional.of(new Release("ann", "a poppy")),
                TraceSpan.NONE,
                () -> {});

        // When
        engine.submit(released);

        // Then
        assertThat(completed(released).getVerdict().getReleasedBy()).isEqualTo("ann");
        assertThat(quarantine.kept).containsOnlyKeys("p/1");
    }

    @Test
    void shouldHoldImagesBackUntilTheyCanBeJudged() {
        // Given
        redness.setBroken(true);
        DecodeEngine engine = start(new FakeDecoder());

        // When
        var task = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        await().until(() -> !engine.trouble().isEmpty());

        // Then
        assertThat(task.outcome()).isNull();
        redness.setBroken(false);
        assertThat(completed(task).getVerdict().getMark()).isNull();
    }

    @Test
    void shouldCloseTheFilterAndTheQuarantine() {
        start(new FakeDecoder()).close();
        assertThat(redness.isClosed()).isTrue();
        assertThat(quarantine.closed).isTrue();
    }

    @Test
    void shouldDecodeTokensWithoutCodeAndCountThem() {
        // Given
        DecodeEngine engine = start(new FakeDecoder());

        // When
        completed(submit(engine, imageTokens("p/0", 1, 8, 65535, 7)));

        // Then
        assertThat(registry.get("dallemini.tokens.beyond.codebook").counter().count())
                .isEqualTo(2);
    }

    @Test
    void shouldCountWhatWaitsAndSkipWhatIsCancelled() {
        // Given
        CountDownLatch gate = new CountDownLatch(1);
        FakeDecoder decoder = new FakeDecoder(gate);
        DecodeEngine engine = start(decoder);
        Task<ImageTokens, GeneratedImage> active = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        await().until(active::isActive);
        Task<ImageTokens, GeneratedImage> cancelled = submit(engine, imageTokens("p/1", 1, 2, 3, 4));
        Task<ImageTokens, GeneratedImage> last = submit(engine, imageTokens("p/2", 1, 2, 3, 4));
        assertThat(engine.waiting(0)).isEqualTo(2);

        // When
        cancelled.cancel();
        active.cancel();

        // Then
        assertThat(engine.waiting(0)).isEqualTo(1);
        gate.countDown();
        completed(last);
        assertThat(decoder.attempts).isEqualTo(2); // the active one had begun
        assertThat(active.outcome()).isNull();
        assertThat(cancelled.outcome()).isNull();
    }

    @Test
    void shouldCloseTheModelOnceItIsIdleAndLeaveWhatWaits() {
        // Given
        CountDownLatch gate = new CountDownLatch(1);
        FakeDecoder decoder = new FakeDecoder(gate);
        DecodeEngine engine = start(decoder);
        Task<ImageTokens, GeneratedImage> active = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        Task<ImageTokens, GeneratedImage> waiting = submit(engine, imageTokens("p/1", 1, 2, 3, 4));
        await().until(active::isActive);

        // When
        Thread closing = new Thread(engine::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.WAITING);
        assertThat(decoder.closed).isFalse();
        gate.countDown();

        // Then
        await().until(() -> !closing.isAlive());
        assertThat(decoder.closed).isTrue();
        assertThat(decoder.attempts).isEqualTo(1);
        assertThat(waiting.outcome()).isNull();
    }

    @Test
    void shouldStopWaitingForTheModelWhenClosed() {
        // Given
        FakeDecoder decoder = new FakeDecoder();
        decoder.broken = true;
        DecodeEngine engine = DecodeEngine.start(
                decoder,
                filter,
                quarantine,
                new GeneratedImages(model("vqgan")),
                footprints(),
                new DecodeMeters(registry, model("vqgan")),
                Clock.systemUTC(),
                () -> new Backoff(Duration.ofHours(1), Duration.ofHours(1)));
        Task<ImageTokens, GeneratedImage> task = submit(engine, imageTokens("p/0", 1, 2, 3, 4));
        await().until(() -> !engine.trouble().isEmpty());

        // When
        engine.close();

        // Then
        assertThat(decoder.closed).isTrue();
        assertThat(task.outcome()).isNull();
    }

    @Test
    void shouldDecodeAPreviewBesideTheRecords() throws Exception {
        // Given
        DecodeEngine engine = start(new FakeDecoder());

        // When
        Optional<RgbImage> shown = engine.preview(new int[] {1, 2, 3, 4}, Duration.ofSeconds(30));

        // Then
        assertThat(shown.orElseThrow().rgb()).containsExactly(1, 2, 3);
        assertThat(registry.get("dallemini.preview.decodes").timer().count()).isEqualTo(1);
        assertThat(registry.get("dallemini.image.decodes").timer().count()).isZero();
        completed(submit(engine, imageTokens("p/0", 1, 2, 3, 4)));
    }

    @Test
    void shouldDecodeRecordsFirstAndOnePreviewAtATime() throws Exception {
        // Given: a record that is being decoded, another that waits, and somebody who watches
        CountDownLatch gate = new CountDownLatch(1);
        FakeDecoder decoder = new FakeDecoder(gate);
        DecodeEngine engine = start(decoder);
        List<Task<ImageTokens, GeneratedImage>> records =
                List.of(submit(engine, imageTokens("p/0", 1, 2, 3, 4)), submit(engine, imageTokens("p/1", 2, 2, 3, 4)));
        var watching = CompletableFuture.supplyAsync(() -> preview(engine, Duration.ofSeconds(30)));
        await().until(engine::hasPreview);

        // When
        Optional<RgbImage> another = engine.preview(new int[4], Duration.ofSeconds(30));

        // Then
        assertThat(another).isEmpty();
        assertThat(watching).isNotDone();

        // When
        gate.countDown();

        // Then
        assertThat(watching.get(30, TimeUnit.SECONDS)).isPresent();
        assertThat(registry.get("dallemini.image.decodes").timer().count()).isEqualTo(2);
        records.forEach(DecodeEngineTest::completed);
    }

    @Test
    void shouldNotDecodeAPreviewThatNobodyWaitsForAnyMore() throws Exception {
        // Given
        CountDownLatch gate = new CountDownLatch(1);
        FakeDecoder decoder = new FakeDecoder(gate);
        DecodeEngine engine = start(decoder);
        var record = submit(engine, imageTokens("p/0", 1, 2, 3, 4));

        // When
        Optional<RgbImage> late = engine.preview(new int[4], Duration.ofMillis(1));
        gate.countDown();

        // Then
        assertThat(late).isEmpty();
        completed(record);
        completed(submit(engine, imageTokens("p/1", 1, 2, 3, 4)));
        assertThat(registry.get("dallemini.preview.decodes").timer().count()).isZero();
    }

    @Test
    void shouldTellWhoWatchesThatDecodingFailsAndGoOn() {
        // Given
        FakeDecoder decoder = new FakeDecoder();
        DecodeEngine engine = start(decoder);

        // Then
        assertThatThrownBy(() -> engine.preview(new int[] {FakeDecoder.POISON, 0, 0, 0}, Duration.ofSeconds(30)))
                .hasRootCauseMessage("poison");
        completed(submit(engine, imageTokens("p/0", 1, 2, 3, 4)));
        assertThat(engine.trouble()).isEmpty();
    }

    private static Optional<RgbImage> preview(DecodeEngine engine, Duration timeout) {
        try {
            return engine.preview(new int[4], timeout);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each work takes a joule. */
    private Footprints footprints() {
        var readings = new AtomicInteger();
        return new Footprints(
                new UsageMeter(() -> new Usage(readings.incrementAndGet(), Double.NaN, 0)),
                EnergyModel.ofThisMachine(1, 1, CarbonIntensity.of("360")),
                "image-decoder",
                registry);
    }

    private DecodeEngine start(ImageDecoder decoder) {
        DecodeEngine engine = DecodeEngine.start(
                decoder,
                filter,
                quarantine,
                new GeneratedImages(model("vqgan")),
                footprints(),
                new DecodeMeters(registry, model("vqgan")),
                Clock.fixed(NOW, ZoneOffset.UTC),
                () -> new Backoff(Duration.ofMillis(10), Duration.ofMillis(320)));
        engines.add(engine);
        return engine;
    }

    private static Task<ImageTokens, GeneratedImage> submit(DecodeEngine engine, ImageTokens record) {
        Task<ImageTokens, GeneratedImage> task = new Task<>(record, 0, () -> {});
        engine.submit(task);
        return task;
    }

    private static GeneratedImage completed(Task<ImageTokens, GeneratedImage> task) {
        return ((Outcome.Completed<GeneratedImage>) outcome(task)).result();
    }

    private static Outcome.Rejected<GeneratedImage> rejected(Task<ImageTokens, GeneratedImage> task) {
        return (Outcome.Rejected<GeneratedImage>) outcome(task);
    }

    private static Outcome<GeneratedImage> outcome(Task<ImageTokens, GeneratedImage> task) {
        return await().until(task::outcome, o -> o != null);
    }
}
