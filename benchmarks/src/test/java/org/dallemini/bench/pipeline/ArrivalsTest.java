package org.dallemini.bench.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

    @Test
    void shouldComeAtTheRateAndAlwaysTheSame() {
        // When
        double[] arrivals = Arrivals.poisson(100_000, 4, 7);

        // Then
        assertThat(arrivals).isSorted().isEqualTo(Arrivals.poisson(100_000, 4, 7));
        assertThat(arrivals[arrivals.length - 1]).isCloseTo(25_000_000, Percentage.withPercentage(2));
    }

    @Test
    void shouldHaveGapsAsAPoissonProcess() {
        // Given
        double[] arrivals = Arrivals.poisson(100_000, 1, 3);

        // When
        int longGaps = 0;
        for (int i = 1; i < arrivals.length; i++) {
            longGaps += arrivals[i] - arrivals[i - 1] > 1000 ? 1 : 0;
        }

        // Then: e^-1 of the gaps are longer than the mean
        assertThat(longGaps / 100_000.0).isCloseTo(Math.exp(-1), Percentage.withPercentage(2));
    }

    @Test
    void shouldRefuseARateOfNothing() {
        assertThatThrownBy(() -> Arrivals.poisson(1, 0, 7)).isInstanceOf(IllegalArgumentException.class);
    }
}
