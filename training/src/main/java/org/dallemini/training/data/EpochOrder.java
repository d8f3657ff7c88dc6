package org.dallemini.training.data;

import java.util.Random;

/**
 * In which order samples are seen: each epoch all of them once, shuffled anew. A place in the order depends on seed and
 * place alone, so that training can go on anywhere. Thread-safe.
 */
public final class EpochOrder {
    private final int size;
    private final long seed;
    private long epoch = -1;
    private int[] order = {};

    public EpochOrder(int size, long seed) {
        this.size = size;
        this.seed = seed;
    }

    /** Number of the sample that is seen at place n, counted from 0 over all epochs. */
    public synchronized int at(long n) {
        long wanted = n / size;
        if (wanted != epoch) {
            epoch = wanted;
            order = shuffled(new Random(seed * 0x9E3779B97F4A7C15L + wanted));
        }
        return order[(int) (n % size)];
    }

    private int[] shuffled(Random random) {
        int[] all = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            all[i] = all[j];
            all[j] = i;
        }
        return all;
    }
}
