package org.dallemini.training.data;

import java.util.SplittableRandom;

/**
 * Random tokens among those that the decoder is given, so that it heeds the text: on a small set a picture's first
 * tokens tell the others by heart. Labels stay as they are. Each sample has a share of its own, evenly from none to the
 * greatest, which keeps clean beginnings, as there are in drawing, among what is learned. The original has nothing of
 * the kind. The same seed and place give the same noise.
 */
public final class TokenNoise {
    private static final long STREAM = 0x6E6F697365L;

    private final double greatest;
    private final long seed;

    /** @param greatest share of random tokens in a sample, 0 to 1 */
    public TokenNoise(double greatest, long seed) {
        if (!(greatest >= 0 && greatest <= 1)) {
            throw new DataException("the share of random tokens is " + greatest + "; it must lie between 0 and 1");
        }
        this.greatest = greatest;
        this.seed = seed;
    }

    /**
     * Replaces tokens in their place.
     *
     * @param tokens of many samples
     * @param from where the tokens of this sample begin
     * @param to where they end, exclusive
     * @param vocabulary tokens are below
     * @param place of the sample in the order of training
     */
    public void addTo(long[] tokens, int from, int to, int vocabulary, long place) {
        if (greatest == 0) {
            return;
        }
        SplittableRandom random = new SplittableRandom((seed ^ STREAM) * 0x9E3779B97F4A7C15L + place);
        double share = greatest * random.nextDouble();
        for (int i = from; i < to; i++) {
            if (random.nextDouble() < share) {
                tokens[i] = random.nextInt(vocabulary);
            }
        }
    }
}
