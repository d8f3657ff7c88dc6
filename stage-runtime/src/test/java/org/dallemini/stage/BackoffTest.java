package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void shouldPauseLongerEachTimeAndNeverInStep() {
        var seventh = new HashSet<Duration>();
        for (int process = 0; process < 20; process++) {
            var backoff = new Backoff();
            assertThat(backoff.isOver()).isTrue();
            for (long full = 100; full <= 10_000; full *= 2) {
                backoff.failed();
                long pause = Math.min(full, 5_000);
                assertThat(backoff.remaining())
                        .isLessThanOrEqualTo(Duration.ofMillis(pause))
                        .isGreaterThan(Duration.ofMillis(pause / 4));
                assertThat(backoff.isOver()).isFalse();
            }
            seventh.add(backoff.remaining());
            backoff.succeeded();
            assertThat(backoff.isOver()).isTrue();
        }
        assertThat(seventh).hasSizeGreaterThan(15);
    }

    @Test
    void shouldWaitUntilItIsOverOrGivenUp() throws Exception {
        // Given
        var backoff = new Backoff(Duration.ofMillis(20), Duration.ofMillis(40));
        backoff.failed();

        // When, Then
        backoff.await(() -> false);
        assertThat(backoff.isOver()).isTrue();

        // When, Then
        var patient = new Backoff(Duration.ofHours(1), Duration.ofHours(1));
        patient.failed();
        patient.await(() -> true);
        assertThat(patient.isOver()).isFalse();
    }
}
