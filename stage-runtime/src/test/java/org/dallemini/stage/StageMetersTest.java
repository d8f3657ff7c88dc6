package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class StageMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldSayThatTheStageIsReadyForAsLongAsItLives() {
        // Given: a function that nothing else holds
        boolean[] ready = {true};
        try (var meters = new StageMeters(registry, "sink", () -> ready[0])) {
            // When
            collectGarbage();

            // Then
            assertThat(registry.get(Metrics.STAGE_READY).gauge().value()).isEqualTo(1);
            ready[0] = false;
            assertThat(registry.get(Metrics.STAGE_READY).gauge().value()).isZero();
            meters.inFlight(3);
            assertThat(registry.get(Metrics.INFLIGHT_ITEMS).gauge().value()).isEqualTo(3);
        }
        assertThat(registry.find(Metrics.STAGE_READY).gauge()).isNull();
    }

    @Test
    void shouldCountFromZeroWhatCanBecomeOfARecord() {
        try (var meters = new StageMeters(registry, "sink", () -> true)) {
            for (ErrorCode code : ErrorCode.values()) {
                assertThat(registry.get(Metrics.ITEMS)
                                .tag(Metrics.OUTCOME, code.code())
                                .counter()
                                .count())
                        .isZero();
            }
            meters.aborted();
            assertThat(registry.get(Metrics.ABORTED_TRANSACTIONS).counter().count())
                    .isEqualTo(1);
        }
    }

    private static void collectGarbage() {
        var something = new WeakReference<>(new Object());
        await().until(() -> {
            System.gc();
            return something.get() == null;
        });
    }
}
