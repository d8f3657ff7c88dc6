package org.dallemini.training.run;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;

/** Draws initial parameters; the same seed gives the same values for a name, whatever else is drawn. */
public final class Initial {
    private final long seed;

    public Initial(long seed) {
        this.seed = seed;
    }

    /** Values that are normal with this deviation. */
    public float[] normal(String name, long[] shape, double deviation) {
        Random random = random(name);
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** Values that are uniform between -bound and bound. */
    public float[] uniform(String name, long[] shape, double bound) {
        Random random = random(name);
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    }

    /** Ones for a scale, zeros for a bias, else normal. */
    public float[] normalOrNorm(String name, long[] shape, double deviation) {
        if (name.endsWith("/bias")) {
            return new float[size(shape)];
        }
        if (name.endsWith("/scale")) {
            float[] ones = new float[size(shape)];
            Arrays.fill(ones, 1);
            return ones;
        }
        return normal(name, shape, deviation);
    }

    private Random random(String name) {
        return new Random(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }

    private static int size(long[] shape) {
        return Math.toIntExact(LongStream.of(shape).reduce(1, Math::multiplyExact));
    }
}
