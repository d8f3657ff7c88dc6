package org.dallemini.bench.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {

    @Test
    void shouldFindPercentilesByNearestRank() {
        // Given
        Percentiles hundred =
                Percentiles.of(DoubleStream.iterate(100, v -> v - 1).limit(100).toArray());

        // Then
        assertThat(hundred.at(50)).isEqualTo(50);
        assertThat(hundred.at(95)).isEqualTo(95);
        assertThat(hundred.at(99.5)).isEqualTo(100);
        assertThat(hundred.at(0.1)).isEqualTo(1);
        assertThat(hundred.median()).isEqualTo(50.5);
        assertThat(hundred.max()).isEqualTo(100);
    }

    @Test
    void shouldGiveALoneSampleForEverything() {
        Percentiles one = Percentiles.of(7);

        assertThat(DoubleStream.of(one.at(1), one.at(50), one.at(100), one.median(), one.min(), one.max()))
                .containsOnly(7.0);
    }

    @Test
    void shouldRefuseNoSamplesAndOtherPercents() {
        assertThatThrownBy(Percentiles::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Percentiles.of(1).at(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Percentiles.of(1).at(101)).isInstanceOf(IllegalArgumentException.class);
    }
}
