package org.dallemini.training.data;

import java.math.BigInteger;

/**
 * The numbers of {@code numpy.random.default_rng(seed).random()}: PCG64 (O'Neill 2014, XSL-RR 128/64), seeded by
 * numpy's SeedSequence. Any of them can be had without those before it.
 */
final class NumpyRandom {
    private static final int INIT_A = 0x43b0d7e5, MULT_A = 0x931e8875, INIT_B = 0x8b51f9dd, MULT_B = 0x58f38ded;
    private static final int MIX_LEFT = 0xca01f9dd, MIX_RIGHT = 0x4973f715, SHIFT = 16, POOL = 4;

    private static final BigInteger MULTIPLIER = new BigInteger("2360ED051FC65DA44385DF649FCCF645", 16);
    private static final BigInteger MASK = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    private final BigInteger start;
    private final BigInteger increment;

    /** @param seed from 0 to 2^32 - 1 */
    NumpyRandom(long seed) {
        int[] words = state(pool((int) seed));
        BigInteger sequence = wide(words, 4);
        increment = sequence.shiftLeft(1).or(BigInteger.ONE).and(MASK);
        start = step(increment.add(wide(words, 0)).and(MASK));
    }

    /** Number n of the sequence, counted from 0; at least 0 and below 1. */
    double at(long n) {
        BigInteger state = advanced(n + 1);
        long high = state.shiftRight(64).longValue();
        int rotation = state.shiftRight(122).intValue();
        long output = Long.rotateRight(high ^ state.longValue(), rotation);
        return (output >>> 11) * 0x1p-53;
    }

    private BigInteger step(BigInteger state) {
        return state.multiply(MULTIPLIER).add(increment).and(MASK);
    }

    /** The state after so many steps, by squaring. */
    private BigInteger advanced(long steps) {
        BigInteger factor = BigInteger.ONE;
        BigInteger sum = BigInteger.ZERO;
        BigInteger power = MULTIPLIER;
        BigInteger plus = increment;
        for (long left = steps; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                factor = factor.multiply(power).and(MASK);
                sum = sum.multiply(power).add(plus).and(MASK);
            }
            plus = power.add(BigInteger.ONE).multiply(plus).and(MASK);
            power = power.multiply(power).and(MASK);
        }
        return factor.multiply(start).add(sum).and(MASK);
    }

    private static int[] pool(int entropy) {
        int[] pool = new int[POOL];
        int constant = INIT_A;
        for (int i = 0; i < POOL; i++) {
            pool[i] = hash(i == 0 ? entropy : 0, constant, MULT_A);
            constant *= MULT_A;
        }
        for (int from = 0; from < POOL; from++) {
            for (int to = 0; to < POOL; to++) {
                if (from != to) {
                    pool[to] = mix(pool[to], hash(pool[from], constant, MULT_A));
                    constant *= MULT_A;
                }
            }
        }
        return pool;
    }

    private static int[] state(int[] pool) {
        int[] words = new int[2 * POOL];
        int constant = INIT_B;
        for (int i = 0; i < words.length; i++) {
            words[i] = hash(pool[i % POOL], constant, MULT_B);
            constant *= MULT_B;
        }
        return words;
    }

    private static int hash(int value, int constant, int multiplier) {
        int hashed = (value ^ constant) * (constant * multiplier);
        return hashed ^ hashed >>> SHIFT;
    }

    private static int mix(int x, int y) {
        int mixed = MIX_LEFT * x - MIX_RIGHT * y;
        return mixed ^ mixed >>> SHIFT;
    }

    /** 128 bits of four words: two numbers of 64 bits, the higher one first, each with its lower word first. */
    private static BigInteger wide(int[] words, int at) {
        BigInteger value = BigInteger.ZERO;
        for (int word : new int[] {words[at + 1], words[at], words[at + 3], words[at + 2]}) {
            value = value.shiftLeft(32).or(BigInteger.valueOf(word & 0xffffffffL));
        }
        return value;
    }
}
