package org.dallemini.bench.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SteadyTest {

    @Test
    void shouldLeaveOutTheBeginningAndTheEnd() {
        // Given: 4 images at once in the end and the beginning, 12 in between, 100 ms apart
        double[] seen = DoubleStream.concat(
                        DoubleStream.of(9000, 9000, 9000, 9000, 0, 0, 0, 0),
                        DoubleStream.iterate(1000, v -> v + 100).limit(12))
                .toArray();

        // Then
        assertThat(Steady.of(seen, 4)).isEqualTo(new Steady(11, 10));
    }

    @Test
    void shouldCountAShortRunAsAWhole() {
        assertThat(Steady.of(new double[] {2000, 1000, 1500}, 4)).isEqualTo(new Steady(2, 2));
        assertThatThrownBy(() -> Steady.of(new double[] {1}, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldAddUpTheTimesOfTheEngines() {
        assertThat(EnginesAlone.of(1, 0.5).together()).isCloseTo(1 / 3.0, Offset.offset(1e-12));
    }
}
