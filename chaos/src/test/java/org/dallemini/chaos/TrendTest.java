package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final long SEED = 7;

    private static List<Trend.Sample> samples(int count, IntToDoubleFunction value) {
        var samples = new ArrayList<Trend.Sample>();
        for (int i = 0; i < count; i++) {
            samples.add(new Trend.Sample(2 * i, value.applyAsDouble(i)));
        }
        return samples;
    }

    private static List<String> leaks(Vital vital, IntToDoubleFunction value) {
        return SoakRun.leaks(SoakRun.trends(
                new EnumMap<>(Map.of(StageKind.STORAGE_SINK, new EnumMap<>(Map.of(vital, samples(60, value)))))));
    }

    @Test
    void shouldSeeThroughNoiseAndOutliers() {
        var random = new Random(SEED);

        Trend trend = Trend.of(samples(30, i -> 100 + 0.5 * i + random.nextGaussian() + (i % 7 == 0 ? 300 : 0)));

        assertThat(trend.perHour()).isCloseTo(0.25 * 3600, within(0.1 * 3600));
        assertThat(trend.growth()).isCloseTo(0.25 * 58, within(6.0));
    }

    @Test
    void shouldFindWhatLeaksAndNothingElse() {
        var random = new Random(SEED);

        assertThat(leaks(Vital.HEAP_AFTER_GC, i -> 50 + 2 * random.nextGaussian()))
                .describedAs("noise")
                .isEmpty();
        assertThat(leaks(Vital.HEAP_AFTER_GC, i -> i < 30 ? 20 + i : 50 + random.nextGaussian()))
                .describedAs("caches that fill in the first half")
                .isEmpty();
        assertThat(leaks(Vital.FILE_HANDLES, i -> 100 + (i % 10 == 0 ? 40 : 0)))
                .describedAs("bursts")
                .isEmpty();
        assertThat(leaks(Vital.HEAP_AFTER_GC, i -> 50 + 0.3 * i + random.nextGaussian()))
                .describedAs("0.15 MB a second")
                .singleElement()
                .asString()
                .startsWith("storage-sink: heap after GC (MB) grew from ");
        assertThat(leaks(Vital.FILE_HANDLES, i -> 100 + Math.floor(i / 3.0)))
                .describedAs("a file handle every six seconds")
                .hasSize(1);
        assertThat(leaks(Vital.THREADS, i -> 30 + Math.floor(i / 5.0)))
                .describedAs("a thread every ten seconds")
                .hasSize(1);
    }

    @Test
    void shouldNotJudgeFromAFewSamples() {
        assertThatThrownBy(() -> Trend.of(samples(5, i -> i)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 samples tell no trend, 8 do: run longer");
    }
}
