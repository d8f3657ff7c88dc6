package org.dallemini.bench.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SteadyPartTest {
    private static final Offset<Double> A_LITTLE = Offset.offset(1e-9);

    /** 100 images a second, each of which takes 8 ms of the stage, 1 ms of the broker and 2 ms of the store. */
    private static List<Sample> steady(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(i -> new Sample(i * 10_000_000, i, i * 0.008, i * 0.001, i * 0.002))
                .toList();
    }

    @Test
    void shouldLeaveOutTheBeginningAndTheEnd() {
        // When
        SteadyPart part = SteadyPart.of(steady(0, 1000), 1000);

        // Then
        assertThat(part.images()).isEqualTo(550);
        assertThat(part.seconds()).isCloseTo(5.5, A_LITTLE);
        assertThat(part.imagesPerSecond()).isCloseTo(100, A_LITTLE);
        assertThat(part.millisPerImage(part.stageSeconds())).isCloseTo(8, A_LITTLE);
        assertThat(part.millisPerImage(part.brokerSeconds())).isCloseTo(1, A_LITTLE);
        assertThat(part.millisPerImage(part.storeSeconds())).isCloseTo(2, A_LITTLE);
    }

    @Test
    void shouldRefuseWhatWasDoneBeforeTheMeasurementBegan() {
        assertThatThrownBy(() -> SteadyPart.of(steady(500, 1000), 1000)).hasMessageContaining("too few");
        assertThatThrownBy(() -> SteadyPart.of(steady(0, 900), 1000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTellWhatACoreAndAProcessCarry() {
        // When
        StageResult result =
                StageResult.of("image-decoder", 6, 2, SteadyPart.of(steady(0, 1000), 1000), 1000, 120_000, 1100);

        // Then
        assertThat(result.imagesPerSecond()).isCloseTo(100, A_LITTLE);
        assertThat(result.imagesPerStageSecond()).isCloseTo(125, A_LITTLE);
        assertThat(result.outputBytes()).isCloseTo(120, A_LITTLE);
        assertThat(result.markersPerSecond()).isCloseTo(10, A_LITTLE);
        assertThat(StageResult.table(List.of(result))).contains("| 125/s ", "| 8.00 ms ", "| 50.0 ");
    }
}
