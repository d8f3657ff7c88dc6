package org.dallemini.bench.pipeline;

import java.util.Arrays;

/**
 * Throughput of the steady part of a run: without the time in which the batch fills and that in which it empties.
 *
 * @param images that count
 * @param imagesPerSecond of them
 */
record Steady(int images, double imagesPerSecond) {
    /** Runs of fewer batches than this count as a whole. */
    private static final int MIN_BATCHES = 3;

    /**
     * @param seen when each image was ready, in ms
     * @param batch images that are drawn together; as many at either end do not count
     */
    static Steady of(double[] seen, int batch) {
        double[] sorted = seen.clone();
        Arrays.sort(sorted);
        int cut = sorted.length > MIN_BATCHES * batch ? batch : 0;
        int first = cut;
        int last = sorted.length - 1 - cut;
        if (last <= first) {
            throw new IllegalArgumentException(seen.length + " images are too few for a throughput");
        }
        return new Steady(last - first, (last - first) * 1000 / (sorted[last] - sorted[first]));
    }
}
