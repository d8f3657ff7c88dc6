package org.dallemini.bench.pipeline;

import java.util.SplittableRandom;

/** When prompts come, whatever the pipeline makes of them: an open loop. */
final class Arrivals {
    private Arrivals() {}

    /**
     * A Poisson process, the same for the same seed.
     *
     * @param perSecond mean rate; above 0
     * @return milliseconds from the start, rising
     */
    static double[] poisson(int count, double perSecond, long seed) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("a rate of " + perSecond + " a second is not above 0");
        }
        var random = new SplittableRandom(seed);
        double[] millis = new double[count];
        double at = 0;
        for (int i = 0; i < count; i++) {
            at -= Math.log(1 - random.nextDouble()) * 1000 / perSecond;
            millis[i] = at;
        }
        return millis;
    }
}
