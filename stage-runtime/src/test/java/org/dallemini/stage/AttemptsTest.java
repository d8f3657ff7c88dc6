package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    private final AtomicInteger done = new AtomicInteger();
    private final Task<String, String> task = new Task<>("input", 0, done::incrementAndGet);
    private final List<String> shown = new ArrayList<>();

    @Test
    void shouldTryAgainUntilItWorksAndTellWhyMeanwhile() throws Exception {
        // Given
        Attempts attempts = attempts(Duration.ofMillis(1));

        // When
        attempts.until(() -> {
            shown.add(attempts.trouble());
            if (shown.size() < 4) {
                throw new IOException("failure " + shown.size());
            }
        });

        // Then
        assertThat(shown).containsExactly("", "fails: failure 1", "fails: failure 2", "fails: failure 3");
        assertThat(attempts.trouble()).isEmpty();
    }

    @Test
    void shouldRejectATaskWhoseRecordIsToBlame() throws Exception {
        // Given: at the third attempt it turns out
        Attempts attempts = attempts(Duration.ofMillis(1));
        var asked = new AtomicInteger();

        // When
        Optional<String> result = attempts.of(
                task,
                () -> {
                    throw new IllegalStateException("poison");
                },
                failure -> asked.incrementAndGet() < 3
                        ? null
                        : new RejectedRecordException(ErrorCode.MODEL_FAILURE, "it is " + failure.getMessage()));

        // Then
        assertThat(result).isEmpty();
        assertThat(asked).hasValue(3);
        assertThat(done).hasValue(1);
        assertThat(task.outcome())
                .isEqualTo(new Outcome.Rejected<String>(ErrorCode.MODEL_FAILURE, "it is poison", null));
        assertThat(attempts.trouble()).isEmpty();
    }

    @Test
    void shouldBlameNoRecordForTheMachine() throws Exception {
        // Given
        Attempts attempts = attempts(Duration.ofMillis(1));
        var failures = new ArrayList<Error>(List.of(new OutOfMemoryError("heap"), new NoClassDefFoundError("Png")));

        // When
        Optional<String> result = attempts.of(
                task,
                () -> {
                    if (!failures.isEmpty()) {
                        throw failures.remove(0);
                    }
                    return "result";
                },
                failure -> new RejectedRecordException(ErrorCode.MODEL_FAILURE, "wrongly blamed"));

        // Then
        assertThat(result).contains("result");
        assertThat(done).hasValue(0);
    }

    @Test
    void shouldGoOnWhereMemoryIsTooShortForWords() throws Exception {
        // Given
        var attempts = new Attempts(failure -> {
            throw new OutOfMemoryError("of words");
        });

        // When
        attempts.until(() -> {
            shown.add(attempts.trouble());
            if (shown.size() < 2) {
                throw new OutOfMemoryError("of work");
            }
        });

        // Then
        assertThat(shown).containsExactly("", "work fails, and so does saying why; trying again");
        assertThat(attempts.trouble()).isEmpty();
    }

    @Test
    void shouldEndItsPauseWhenTheTaskIsCancelled() throws Exception {
        // Given
        Attempts attempts = attempts(Duration.ofHours(1));
        Thread engine = failing(attempts);

        // When
        task.cancel();

        // Then
        engine.join();
        assertThat(attempts.trouble()).isEmpty();
    }

    @Test
    void shouldEndItsPauseAndLeaveTheTaskWhenClosed() throws Exception {
        // Given
        Attempts attempts = attempts(Duration.ofHours(1));
        Thread engine = failing(attempts);

        // When
        attempts.close();

        // Then
        engine.join();
        assertThat(task.outcome()).isNull();
        assertThat(attempts.isClosed()).isTrue();
    }

    private Thread failing(Attempts attempts) {
        Attempts.Work outage = () -> attempts.of(
                task,
                () -> {
                    throw new IOException("outage");
                },
                failure -> null);
        Thread engine = new Thread(() -> {
            try {
                outage.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        engine.start();
        await().until(() -> !attempts.trouble().isEmpty());
        return engine;
    }

    private static Attempts attempts(Duration pause) {
        return new Attempts(failure -> "fails: " + failure.getMessage(), () -> new Backoff(pause, pause));
    }
}
