package org.dallemini.dalle.sampling;

import java.nio.FloatBuffer;

/**
 * Draws tokens: guidance, temperature, top-k, top-p, then {@code argmax(logits + gumbel)}, in the order and with the
 * rounding of the original (FlaxTemperature-, TopK- and TopPLogitsWarper, {@code jax.random.categorical}).
 *
 * <p>One pass over the logits where they lie picks the candidates into a heap of k entries; nothing else of them is
 * copied or sorted, and noise is computed for the candidates only. Not thread-safe: the working memory is reused.
 */
public final class Sampler {
    /** Of e, below which a float is 0. */
    private static final float MIN_EXPONENT = -104;

    private final int vocabulary;
    /** Candidates as {@link #pack packed} pairs: while selecting a heap with the least likely first. */
    private final long[] candidates;

    private int count;

    /** @param vocabulary number of logits of a row */
    public Sampler(int vocabulary) {
        this.vocabulary = vocabulary;
        this.candidates = new long[vocabulary];
    }

    /**
     * Draws the next token of an image.
     *
     * @param logits of all rows; only read
     * @param conditional where in it the vocabulary of the image's text begins
     * @param unconditional where the vocabulary of the unconditional text begins; not read without guidance
     * @param key of this step; one key for all images of a batch
     * @throws IllegalStateException if a logit that counts is not a number
     */
    public int draw(SamplingParameters p, FloatBuffer logits, int conditional, int unconditional, long key) {
        select(p, logits, conditional, unconditional);
        int row = p.batchIndex() * vocabulary;
        int size = Math.multiplyExact(p.batchSize(), vocabulary);
        int best = token(0);
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            int token = token(i);
            // A lone candidate needs no noise; the likeliest of a tie is the one with the lower index.
            float v = logit(i) + (count == 1 ? 0 : Threefry.gumbel(key, row + token, size));
            if (Float.isNaN(v)) {
                throw new IllegalStateException("the logit of token " + token + " is not a number");
            }
            if (v > highest || (v == highest && token < best)) {
                highest = v;
                best = token;
            }
        }
        return best;
    }

    /** Finds the tokens that may be drawn, in no particular order; returns how many. */
    int select(SamplingParameters p, FloatBuffer logits, int conditional, int unconditional) {
        int k = p.topK() == 0 ? vocabulary : Math.min(p.topK(), vocabulary);
        float scale = p.guidanceScale();
        float temperature = p.temperature();
        boolean guided = p.guided();
        count = 0;
        float least = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            float v = logits.get(conditional + i);
            if (guided) {
                v = guide(v, logits.get(unconditional + i), scale);
            }
            if (temperature != 1) {
                v /= temperature;
            }
            if (count < k) {
                candidates[count++] = pack(v, i);
                if (count == k && k < vocabulary) {
                    heapify();
                    least = logit(0);
                }
            } else if (!(v <= least)) { // so that NaN gets in, and is found in the end
                candidates[0] = pack(v, i);
                sink(0);
                least = logit(0);
            }
        }
        if (p.topP() < 1) {
            keepNucleus(p.topP());
        }
        return count;
    }

    /** {@code uncond + scale * (cond - uncond)}. */
    static float guide(float cond, float uncond, float scale) {
        return uncond + scale * (cond - uncond);
    }

    /** Token of a selected candidate. */
    int token(int candidate) {
        return (int) ~candidates[candidate];
    }

    /** Logit of a selected candidate after guidance and temperature. */
    float logit(int candidate) {
        return logit(candidates[candidate]);
    }

    private static float logit(long packed) {
        int ordered = (int) (packed >> 32);
        return Float.intBitsToFloat(ordered ^ (ordered >> 31 & 0x7fffffff));
    }

    /**
     * Keeps the likeliest candidates, as long as the probability before an entry is below p, but at least one. Summed
     * in float, so that ties fall as in the original. They are taken from a heap one by one: most are never sorted.
     */
    private void keepNucleus(float p) {
        int all = count;
        invert(0, all); // the least of the heap is the likeliest from here on
        heapify();
        float highest = inverted(0);
        float sum = 0;
        for (int i = 0; i < all; i++) {
            sum += weight(inverted(i), highest);
        }
        float before = 0;
        while (count > 0 && (count == all || before < p)) {
            before += weight(inverted(0), highest) / sum;
            long taken = candidates[0];
            candidates[0] = candidates[--count];
            sink(0);
            candidates[count] = taken; // behind the heap
        }
        int kept = all - count;
        System.arraycopy(candidates, count, candidates, 0, kept);
        invert(0, kept);
        count = kept;
    }

    private static float weight(float logit, float highest) {
        return logit - highest < MIN_EXPONENT ? 0 : (float) Math.exp(logit - highest);
    }

    private void invert(int from, int to) {
        for (int i = from; i < to; i++) {
            candidates[i] = ~candidates[i];
        }
    }

    private float inverted(int candidate) {
        return logit(~candidates[candidate]);
    }

    /**
     * A pair that compares as a long: by logit (its bits made ordered), on equal logits the lower token is the greater.
     * Adding 0 makes -0 equal to 0.
     */
    private static long pack(float logit, int token) {
        int bits = Float.floatToIntBits(logit + 0f);
        return (long) (bits ^ (bits >> 31 & 0x7fffffff)) << 32 | ~token & 0xffffffffL;
    }

    private void heapify() {
        for (int i = count / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    private void sink(int parent) {
        long value = candidates[parent];
        for (int child; (child = 2 * parent + 1) < count; parent = child) {
            if (child + 1 < count && candidates[child + 1] < candidates[child]) {
                child++;
            }
            if (value <= candidates[child]) {
                break;
            }
            candidates[parent] = candidates[child];
        }
        candidates[parent] = value;
    }
}
