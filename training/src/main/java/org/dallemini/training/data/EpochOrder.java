package org.dallemini.training.data;

import java.util.Arrays;
import java.util.Random;

/**
 * In which order samples are seen: each epoch all of them, shuffled anew; of samples with a weight below 1 so large a
 * share, others each time. A place in the order depends on seed and place alone, so that training can go on anywhere.
 * Thread-safe.
 */
public final class EpochOrder {
    private final double[] upTo;
    private final long seed;
    private final int size;
    private long epoch = -1;
    private int[] order = {};

    /**
     * @param weights of the samples: how often each is seen in an epoch
     * @throws DataException if all of them together come to less than one sample
     */
    public EpochOrder(double[] weights, long seed) {
        this.seed = seed;
        upTo = weights.clone();
        Arrays.parallelPrefix(upTo, Double::sum);
        size = upTo.length == 0 ? 0 : (int) Math.floor(upTo[upTo.length - 1] + 1e-9);
        if (size == 0) {
            throw new DataException("the data set has no sample that is ever seen; look at their weights");
        }
    }

    /** Samples of an epoch. */
    public int size() {
        return size;
    }

    /** Number of the sample that is seen at place n, counted from 0 over all epochs. */
    public synchronized int at(long n) {
        long wanted = n / size;
        if (wanted != epoch) {
            epoch = wanted;
            order = drawn(new Random(seed * 0x9E3779B97F4A7C15L + wanted));
        }
        return order[(int) (n % size)];
    }

    /** Systematic sampling: one for each whole number that the sum of weights passes, from a random start. */
    private int[] drawn(Random random) {
        double start = random.nextDouble();
        double stretch = size / upTo[upTo.length - 1];
        int[] all = new int[size];
        int count = 0;
        for (int sample = 0; sample < upTo.length && count < size; sample++) {
            while (count < size && count + start < upTo[sample] * stretch) {
                all[count++] = sample;
            }
        }
        while (count < size) { // rounding
            all[count++] = upTo.length - 1;
        }
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = all[j];
            all[j] = all[i];
            all[i] = other;
        }
        return all;
    }
}
