package org.dallemini.bench.pipeline;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.dallemini.bench.common.Percentiles;

/** Percentiles of a time in milliseconds. */
public record Spread(double p50, double p95, double p99, double max) {

    static <T> Spread of(List<T> samples, ToDoubleFunction<T> time) {
        Percentiles percentiles =
                Percentiles.of(samples.stream().mapToDouble(time).toArray());
        return new Spread(percentiles.at(50), percentiles.at(95), percentiles.at(99), percentiles.max());
    }
}
