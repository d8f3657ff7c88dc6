package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow
    private final CommitPace pace = new CommitPace(nanos::get);

    @Test
    void shouldCommitTheFirstResultAtOnce() {
        assertThat(pace.isDue(true)).isTrue();
    }

    @Test
    void shouldNotLetALastResultWait() {
        // Given
        pace.committed();

        // Then
        assertThat(pace.isDue(false)).isTrue();
    }

    @Test
    void shouldGatherResultsWhileMoreAreToCome() {
        // Given
        pace.committed();

        // When
        nanos.addAndGet(CommitPace.SPACING_NANOS - 1);

        // Then
        assertThat(pace.isDue(true)).isFalse();
    }

    @Test
    void shouldCommitResultsOfSlowWorkAtOnce() {
        // Given
        pace.committed();

        // When
        nanos.addAndGet(CommitPace.SPACING_NANOS);

        // Then
        assertThat(pace.isDue(true)).isTrue();
    }
}
