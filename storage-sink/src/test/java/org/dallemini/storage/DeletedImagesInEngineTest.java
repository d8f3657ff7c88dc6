package org.dallemini.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.StoredImage;
import org.dallemini.renditions.Renditions;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Outcome;
import org.dallemini.stage.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeletedImagesInEngineTest {
    private final FakeObjectStore store = new FakeObjectStore();
    private final FakeDeletions deletions = new FakeDeletions();
    private final StoreEngine engine = StoreEngine.start(
            store,
            new UploadPlan(
                    ObjectKeyTemplate.parse(ObjectKeyTemplate.DEFAULT), true, new OutputFiles(Renditions.builtIn())),
            deletions,
            2,
            () -> new Backoff(Duration.ofMillis(2), Duration.ofMillis(20)),
            new SimpleMeterRegistry(),
            Clock.systemUTC());

    @AfterEach
    void close() {
        engine.close();
    }

    private Outcome<StoredImage> store(GeneratedImage image) {
        Task<GeneratedImage, StoredImage> task = new Task<>(image, 0, () -> {});
        engine.submit(task);
        return await().until(task::outcome, outcome -> outcome != null);
    }

    private static void assertDeleted(Outcome<StoredImage> outcome) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Rejected.class, rejected -> assertThat(rejected.code())
                .isEqualTo(ErrorCode.DELETED));
    }

    @Test
    void shouldStoreNoImageThatWasDeleted() {
        // Given
        deletions.heard.add("p/0");

        // When, Then
        assertDeleted(store(Images.image("p", 0)));
        assertThat(store(Images.image("p", 1))).isInstanceOf(Outcome.Completed.class);
        assertThat(store.size()).isEqualTo(2); // the other and its JSON
    }

    @Test
    void shouldTakeBackWhatItWroteBeforeItHeardOfTheDeletion() {
        // Given
        deletions.unheard.add("p/0");

        // When, Then
        assertDeleted(store(Images.image("p", 0)));
        assertThat(store.puts).hasValue(2);
        assertThat(store.size()).isZero();
    }

    @Test
    void shouldDeleteWhatAProcessLeftThatWasKilled() {
        // Given
        store(Images.image("p", 0));
        deletions.heard.add("p/0");

        // When, Then
        assertDeleted(store(Images.image("p", 0)));
        assertThat(store.size()).isZero();
    }

    @Test
    void shouldLeaveWhatIsNoFileOfTheImage() {
        // Given
        store.put("p/0.png", new byte[7], "image/png", Map.of());
        deletions.heard.add("p/0");

        // When, Then
        assertDeleted(store(Images.image("p", 0)));
        assertThat(store.object("p/0.png").content()).hasSize(7);
    }

    @Test
    void shouldStoreNothingUntilItKnowsWhatWasDeleted() {
        // Given
        deletions.isUnknown = true;
        Task<GeneratedImage, StoredImage> task = new Task<>(Images.image("p", 0), 0, () -> {});
        engine.submit(task);
        await().until(() -> engine.trouble().equals("Nobody knows what has been deleted"));
        assertThat(store.size()).isZero();

        // When
        deletions.isUnknown = false;

        // Then
        await().until(() -> task.outcome() instanceof Outcome.Completed);
        assertThat(engine.trouble()).isEmpty();
    }
}
