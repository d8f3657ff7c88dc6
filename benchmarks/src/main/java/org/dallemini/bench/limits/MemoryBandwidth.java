package org.dallemini.bench.limits;

import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How fast several threads together read memory that is in no cache. */
final class MemoryBandwidth {
    /** Several times the last cache of any server's processor. */
    private static final long TOTAL_BYTES = 1L << 30, MIN_BYTES_PER_THREAD = 32L << 20;

    private static final int ROUNDS = 100;

    private static final int LANES = 8;

    private MemoryBandwidth() {}

    /** Heap that a measurement takes, in bytes. */
    static long bytes(int threads) {
        return Math.max(TOTAL_BYTES, MIN_BYTES_PER_THREAD * threads);
    }

    /** The best of some rounds, in 10^9 bytes a second. */
    static double measure(int threads) throws InterruptedException {
        int longs = Math.toIntExact(bytes(threads) / threads / Long.BYTES / LANES * LANES);
        long[][] memory = new long[threads][longs];
        for (long[] part : memory) {
            Arrays.fill(part, 1); // memory that was never written is no memory yet
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long nanos = round(memory, pool);
                best = Math.max(best, (double) threads * longs * Long.BYTES / nanos);
            }
            return best;
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading memory failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** Nanoseconds from the common start to the last thread's end. */
    private static long round(long[][] memory, ExecutorService pool) throws InterruptedException, ExecutionException {
        CyclicBarrier start = new CyclicBarrier(memory.length);
        @SuppressWarnings("unchecked")
        Future<long[]>[] spans = new Future[memory.length];
        for (int i = 0; i < memory.length; i++) {
            long[] mine = memory[i];
            spans[i] = pool.submit(() -> span(mine, start));
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (Future<long[]> span : spans) {
            first = Math.min(first, span.get()[0]);
            last = Math.max(last, span.get()[1]);
        }
        return last - first;
    }

    private static long[] span(long[] memory, CyclicBarrier start) throws InterruptedException, BrokenBarrierException {
        start.await();
        long began = System.nanoTime();
        long sum = sum(memory);
        long ended = System.nanoTime();
        if (sum != memory.length) {
            throw new IllegalStateException("the ones in memory add up to " + sum);
        }
        return new long[] {began, ended};
    }

    /** Eight sums beside each other: none waits for another. As fast as vector instructions in C, where tried. */
    private static long sum(long[] memory) {
        long s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        for (int i = 0; i < memory.length; i += LANES) {
            s0 += memory[i];
            s1 += memory[i + 1];
            s2 += memory[i + 2];
            s3 += memory[i + 3];
            s4 += memory[i + 4];
            s5 += memory[i + 5];
            s6 += memory[i + 6];
            s7 += memory[i + 7];
        }
        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    }
}
