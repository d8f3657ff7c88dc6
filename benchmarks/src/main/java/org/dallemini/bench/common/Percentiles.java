package org.dallemini.bench.common;

import java.util.Arrays;

/** Percentiles of samples, by the nearest rank: each is one of the samples. */
public final class Percentiles {
    private final double[] sorted;

    private Percentiles(double... sorted) {
        this.sorted = sorted;
    }

    /** @throws IllegalArgumentException if there is no sample */
    public static Percentiles of(double... samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("no samples");
        }
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /**
     * The smallest sample that at least so many percent of the samples do not exceed.
     *
     * @param percent above 0, at most 100
     */
    public double at(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException(percent + " % is not above 0 and at most 100");
        }
        return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
    }

    /** The middle sample; of an even number the mean of the two in the middle. */
    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public double min() {
        return sorted[0];
    }

    public double max() {
        return sorted[sorted.length - 1];
    }

    public int count() {
        return sorted.length;
    }
}
