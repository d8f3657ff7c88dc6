package org.dallemini.bench.ceiling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WholeResultTest {

    @Test
    void shouldShareTimeAndBytesAmongTheImages() {
        // When
        WholeResult result = WholeResult.of(
                200, 50, Map.of("broker", 1.0), Progress.growth(Map.of("images", 1000L), Map.of("images", 21_000L)));

        // Then
        assertThat(result.processorMillis()).isEqualTo(Map.of("broker", 5.0));
        assertThat(result.logBytes()).isEqualTo(Map.of("images", 100.0));
        assertThat(result.table()).contains("50.0 images/s", "| broker   | 5.00 ms", "| together | 5.00 ms");
    }

    @Test
    void shouldNameTopicsThatGrewAlone() {
        assertThat(Progress.growth(Map.of("a", 5L, "b", 5L), Map.of("a", 5L, "b", 7L, "c", 1L)))
                .isEqualTo(Map.of("b", 2L, "c", 1L));
    }
}
