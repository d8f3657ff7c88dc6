package org.dallemini.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.dallemini.renditions.Renditions;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Outcome;
import org.dallemini.stage.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreEngineTest {
    private final FakeObjectStore store = new FakeObjectStore();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger done = new AtomicInteger();
    private final StoreEngine engine = StoreEngine.start(
            store,
            new UploadPlan(
                    ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false, new OutputFiles(Renditions.builtIn())),
            DeletionGuard.NOTHING,
            4,
            () -> new Backoff(Duration.ofMillis(2), Duration.ofMillis(20)),
            meters,
            Clock.systemUTC());

    @AfterEach
    void close() {
        engine.close();
    }

    private Task<GeneratedImage, StoredImage> submit(GeneratedImage image) {
        Task<GeneratedImage, StoredImage> task = new Task<>(image, 0, done::incrementAndGet);
        engine.submit(task);
        return task;
    }

    @Test
    void shouldStoreEveryImage() {
        // When
        List<Task<GeneratedImage, StoredImage>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tasks.add(submit(Images.image("p", i)));
        }

        // Then
        await().until(() -> done.get() == 100);
        assertThat(store.size()).isEqualTo(100);
        assertThat(tasks).allSatisfy(task -> assertThat(task.outcome()).isInstanceOf(Outcome.Completed.class));
        assertThat(engine.waiting(0)).isZero();
        assertThat(meters.get("dallemini.store.put").timer().count()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"UNAVAILABLE", "MISCONFIGURED"})
    void shouldWaitTroubleOut(Kind kind) {
        // Given
        store.failWith(kind);
        for (int i = 0; i < 10; i++) {
            submit(Images.image("p", i));
        }
        await().until(() -> store.failures.get() > 20);
        assertThat(engine.trouble()).contains("The store is " + kind);
        assertThat(done).hasValue(0);

        // When
        store.failWith(null);

        // Then
        await().until(() -> done.get() == 10);
        assertThat(engine.trouble()).isEmpty();
        assertThat(store.size()).isEqualTo(10);
        assertThat(meters.get("dallemini.store.failures")
                        .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                        .counter()
                        .count())
                .isGreaterThan(20);
    }

    @Test
    void shouldTellTroubleBeforeTheFirstImage() {
        store.failWith(Kind.UNAVAILABLE);
        StoreEngine idle = StoreEngine.start(
                store,
                new UploadPlan(
                        ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT),
                        false,
                        new OutputFiles(Renditions.builtIn())),
                DeletionGuard.NOTHING,
                1,
                () -> new Backoff(Duration.ofMillis(2), Duration.ofMillis(20)),
                meters,
                Clock.systemUTC());
        try {
            await().until(() -> !idle.trouble().isEmpty());
            store.failWith(null);
            await().until(() -> idle.trouble().isEmpty());
        } finally {
            idle.close();
        }
    }

    @Test
    void shouldGiveUpCancelledTask() {
        // Given
        store.failWith(Kind.UNAVAILABLE);
        Task<GeneratedImage, StoredImage> unwanted = submit(Images.image("unwanted", 0));
        await().until(unwanted::isActive);

        // When
        unwanted.cancel();
        store.failWith(null);
        submit(Images.image("wanted", 0));

        // Then
        await().until(() -> done.get() == 1);
        assertThat(store.object("wanted/0.png")).isNotNull();
        assertThat(unwanted.outcome()).isNull();
    }

    @Test
    void shouldNotStartTaskThatWasCancelledWhileWaiting() {
        // Given: all four threads are busy
        store.failWith(Kind.UNAVAILABLE);
        for (int i = 0; i < 4; i++) {
            submit(Images.image("p", i));
        }
        await().until(() -> engine.waiting(0) == 0);
        Task<GeneratedImage, StoredImage> waiting = submit(Images.image("waiting", 0));
        assertThat(engine.waiting(0)).isEqualTo(1);

        // When
        assertThat(waiting.cancelIfWaiting()).isTrue();

        // Then
        assertThat(engine.waiting(0)).isZero();
        store.failWith(null);
        await().until(() -> done.get() == 4);
        assertThat(store.size()).isEqualTo(4);
    }

    @Test
    void shouldRejectWhatCanNeverBeStored() {
        // When
        Task<GeneratedImage, StoredImage> badKey = submit(Images.image("../up", 0));
        Task<GeneratedImage, StoredImage> damaged = submit(
                GeneratedImage.newBuilder(Images.image("p", 0)).setSha256("00").build());

        // Then
        await().until(() -> done.get() == 2);
        assertThat(code(badKey)).isEqualTo(ErrorCode.INVALID_OBJECT_KEY);
        assertThat(code(damaged)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(store.size()).isZero();
    }

    @Test
    void shouldRejectARecordOnWhichOurCodeFailsAndStoreTheOthers() {
        // When
        Task<GeneratedImage, StoredImage> poison = submit(Images.image(FakeObjectStore.POISON, 0));
        for (int i = 0; i < 8; i++) {
            submit(Images.image("p", i));
        }

        // Then
        await().until(() -> done.get() == 9);
        assertThat(code(poison)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(store.size()).isEqualTo(8);
        assertThat(engine.trouble()).isEmpty();
    }

    @Test
    void shouldKeepItsThreadsAndTasksWhateverIsThrown() {
        // Given: more errors than the engine has threads, before an image is stored and after
        store.errors.set(20);
        for (int i = 0; i < 8; i++) {
            engine.submit(new Task<>(Images.image("last", i), 0, () -> {
                done.incrementAndGet();
                throw new OutOfMemoryError("asked for");
            }));
        }

        // When
        Task<GeneratedImage, StoredImage> task = submit(Images.image("p", 0));

        // Then
        await().until(() -> done.get() == 9);
        assertThat(store.errors).hasValue(0);
        assertThat(store.size()).isEqualTo(9);
        assertThat(task.outcome()).isInstanceOf(Outcome.Completed.class);
        await().until(() -> engine.trouble().isEmpty());
    }

    @Test
    void shouldRejectObjectThatTheStoreRefuses() {
        // Given
        await().until(() -> engine.trouble().isEmpty());
        store.failWith(Kind.REFUSED);

        // When
        Task<GeneratedImage, StoredImage> task = submit(Images.image("p", 0));

        // Then
        await().until(() -> done.get() == 1);
        assertThat(code(task)).isEqualTo(ErrorCode.INVALID_OBJECT_KEY);
    }

    @Test
    void shouldSetAsideWhatWouldReplaceAnotherContent() {
        // Given
        Task<GeneratedImage, StoredImage> first = submit(Images.image("p", 0));
        await().until(() -> done.get() == 1);

        // When
        Task<GeneratedImage, StoredImage> second = submit(Images.image(
                ImageRequest.newBuilder(Images.request("p", 0))
                        .setText("a blue star")
                        .build(),
                "a star".getBytes(UTF_8)));

        // Then
        await().until(() -> done.get() == 2);
        assertThat(first.outcome()).isInstanceOf(Outcome.Completed.class);
        assertThat(code(second)).isEqualTo(ErrorCode.OBJECT_EXISTS);
        assertThat(((Outcome.Rejected<StoredImage>) requireNonNull(second.outcome())).message())
                .contains("p/0.png", "image p/0 of job job-1, seed 42, \"a red circle\"", "an id of its own");
        assertThat(store.object("p/0.png").content()).asString().isEqualTo("picture p0");
        assertThat(engine.trouble()).isEmpty();
    }

    /** A record that is read again, a letter that is replayed: it is told of again, with all that was told before. */
    @Test
    void shouldTellAgainOfWhatIsStored() {
        // Given
        Task<GeneratedImage, StoredImage> first = submit(Images.image("p", 0));
        await().until(() -> done.get() == 1);

        // When
        Task<GeneratedImage, StoredImage> second = submit(Images.image("p", 0));

        // Then
        await().until(() -> done.get() == 2);
        assertThat(stored(second))
                .isEqualTo(StoredImage.newBuilder(stored(first))
                        .setStoreTiming(stored(second).getStoreTiming())
                        .build());
        assertThat(store.size()).isEqualTo(1);
    }

    private static StoredImage stored(Task<GeneratedImage, StoredImage> task) {
        Outcome<StoredImage> outcome = task.outcome();
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed<StoredImage>) requireNonNull(outcome)).result();
    }

    /** Some ids, some requests for each and some drawings of each request, while answers of the store get lost. */
    @Test
    void shouldKeepWhatCameFirstWhateverComesAndFails() {
        // Given
        Random random = new Random(15);
        Random answers = new Random(16);
        store.lostAnswers = () -> {
            synchronized (answers) {
                return answers.nextInt(3) == 0;
            }
        };
        Map<String, String> firstOf = new ConcurrentHashMap<>();
        List<Task<GeneratedImage, StoredImage>> tasks = new ArrayList<>();

        // When
        for (int i = 0; i < 600; i++) {
            String prompt = "p" + random.nextInt(20);
            ImageRequest request = ImageRequest.newBuilder(Images.request(prompt, 0))
                    .setText("text " + random.nextInt(3))
                    .build();
            tasks.add(submit(Images.image(request, (request + " drawing " + random.nextInt(3)).getBytes(UTF_8))));
            if (i == 300) {
                await().until(() -> done.get() > 150);
                for (int p = 0; p < 20; p++) {
                    firstOf.put(
                            "p" + p, new String(store.object("p" + p + "/0.png").content(), UTF_8));
                }
            }
        }
        await().until(() -> done.get() == 600);

        // Then
        for (Task<GeneratedImage, StoredImage> task : tasks) {
            ImageRequest request = task.input().getRequest();
            FakeObjectStore.Content object = store.object(request.getPromptId() + "/0.png");
            String content = new String(object.content(), UTF_8);
            assertThat(content).isEqualTo(firstOf.get(request.getPromptId()));
            if (content.startsWith(request.toString())) {
                assertThat(stored(task).getSha256()).isEqualTo(Images.sha256(object.content()));
                assertThat(stored(task).getEtag()).isEqualTo(FakeObjectStore.etag(object.content()));
                assertThat(stored(task).getRequest()).isEqualTo(request);
            } else {
                assertThat(code(task)).isEqualTo(ErrorCode.OBJECT_EXISTS);
            }
        }
    }

    private static ErrorCode code(Task<GeneratedImage, StoredImage> task) {
        Outcome<StoredImage> outcome = task.outcome();
        assertThat(outcome).isInstanceOf(Outcome.Rejected.class);
        return ((Outcome.Rejected<StoredImage>) outcome).code();
    }

    @Test
    void shouldStopAtOnceInAnOutage() {
        // Given
        store.failWith(Kind.UNAVAILABLE);
        Task<GeneratedImage, StoredImage> task = submit(Images.image("p", 0));
        await().until(task::isActive);

        // When
        engine.close();

        // Then
        assertThat(store.closed).isTrue();
        assertThat(task.outcome()).isNull();
    }
}
