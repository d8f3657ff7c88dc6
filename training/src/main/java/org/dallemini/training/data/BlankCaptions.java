package org.dallemini.training.data;

/**
 * Which captions are left out, so that a model learns to draw without one: guidance needs that. One number of numpy's
 * generator is drawn for each sample that is seen, as in the original's {@code blank_caption_prob}.
 */
public final class BlankCaptions {
    private final double share;
    private final NumpyRandom random;

    /**
     * @param share of samples, 0 to 1
     * @param seed the original's {@code seed_dataset}, from 0 to 2^32 - 1
     */
    public BlankCaptions(double share, long seed) {
        this.share = share;
        this.random = new NumpyRandom(seed);
    }

    /** Whether the caption at this place in the order of training is left out. */
    public boolean isBlank(long place) {
        return share > 0 && random.at(place) < share;
    }
}
