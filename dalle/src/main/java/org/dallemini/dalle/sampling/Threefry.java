package org.dallemini.dalle.sampling;

/**
 * The counter-based generator of JAX: Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as
 * 1, 2, 3", 2011), in the layout that {@code jax.random} has with {@code jax_threefry_partitionable=False}.
 *
 * <p>A key is a {@code long}, its first word in the upper half; that of {@code jax.random.PRNGKey(seed)} is the seed
 * itself. Every word of an array can be computed alone, so noise costs only where it is looked at.
 */
public final class Threefry {
    private static final int PARITY = 0x1BD11BDA;

    private Threefry() {}

    /** The first of the two keys that {@code jax.random.split(key)} gives. */
    public static long first(long key) {
        return encrypt(key, 0, 2) & 0xffffffff00000000L | encrypt(key, 1, 3) >>> 32;
    }

    /** The second of the two keys that {@code jax.random.split(key)} gives. */
    public static long second(long key) {
        return encrypt(key, 0, 2) << 32 | encrypt(key, 1, 3) & 0xffffffffL;
    }

    /**
     * The i-th of n random words: one half of the block that encrypts the counters i mod h and i mod h + h, where h is
     * n / 2 rounded up; the counter that an odd n lacks is 0.
     */
    public static int bits(long key, int i, int n) {
        int half = n / 2 + n % 2;
        int low = i < half ? i : i - half;
        int high = low < n - half ? low + half : 0;
        long block = encrypt(key, low, high);
        return (int) (i < half ? block >>> 32 : block);
    }

    /** Entry i of {@code jax.random.uniform(key, n)}, in [0, 1). */
    public static float uniform(long key, int i, int n) {
        return Float.intBitsToFloat(bits(key, i, n) >>> 9 | 0x3f800000) - 1;
    }

    /** Entry i of {@code jax.random.gumbel(key, n)}. */
    public static float gumbel(long key, int i, int n) {
        float u = Math.max(uniform(key, i, n), Float.MIN_NORMAL);
        return (float) -Math.log((float) -Math.log(u));
    }

    private static long encrypt(long key, int x0, int x1) {
        int k0 = (int) (key >>> 32);
        int k1 = (int) key;
        int k2 = k0 ^ k1 ^ PARITY;
        x0 += k0;
        x1 += k1;
        for (int round = 1; round <= 5; round++) {
            boolean odd = (round & 1) == 1;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, odd ? 13 : 17) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, odd ? 15 : 29) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, odd ? 26 : 16) ^ x0;
            x0 += x1;
            x1 = Integer.rotateLeft(x1, odd ? 6 : 24) ^ x0;
            // The three words of the key take turns: k1 and k2 after the first round, k2 and k0 after the second...
            x0 += k1;
            x1 += k2 + round;
            int turn = k0;
            k0 = k1;
            k1 = k2;
            k2 = turn;
        }
        return (long) x0 << 32 | x1 & 0xffffffffL;
    }
}
