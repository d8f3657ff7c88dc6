package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.ObjectStoreException.Kind;
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
            new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false),
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
        assertThat(meters.get("dallemini.store.failures").counter().count()).isGreaterThan(20);
    }

    @Test
    void shouldTellTroubleBeforeTheFirstImage() {
        store.failWith(Kind.UNAVAILABLE);
        StoreEngine idle = StoreEngine.start(
                store,
                new UploadPlan(ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), false),
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
