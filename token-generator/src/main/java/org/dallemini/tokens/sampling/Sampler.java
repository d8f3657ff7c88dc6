package org.dallemini.tokens.sampling;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Draws tokens: guidance, temperature, top-k, top-p, then {@code argmax(logits + gumbel)}, in the order and with the
 * rounding of the original (FlaxTemperature-, TopK- and TopPLogitsWarper, {@code jax.random.categorical}).
 *
 * <p>One pass over the logits where they lie picks the candidates into a heap of k entries; nothing else of them is
 * copied or sorted, and noise is computed for the candidates only. Not thread-safe: the working memory is reused.
 */
public final class Sampler {
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

    /** Finds the tokens that may be drawn; returns how many. Sorted by falling logit only if top-p is in use. */
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
            Arrays.sort(candidates, 0, count);
            reverse();
            count = nucleus(p.topP());
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
        int ordered = (int) (candidates[candidate] >> 32);
        return Float.intBitsToFloat(ordered ^ (ordered >> 31 & 0x7fffffff));
    }

    /**
     * How many of the sorted candidates to keep: as long as the probability before an entry is below p, but at least
     * one. Summed in float, so that ties fall as in the original.
     */
    private int nucleus(float p) {
        float highest = logit(0);
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (float) Math.exp(logit(i) - highest);
        }
        int kept = 0;
        float before = 0;
        while (kept < count && (kept == 0 || before < p)) {
            before += (float) Math.exp(logit(kept++) - highest) / sum;
        }
        return kept;
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

    private void reverse() {
        for (int low = 0, high = count - 1; low < high; low++, high--) {
            long swap = candidates[low];
            candidates[low] = candidates[high];
            candidates[high] = swap;
        }
    }
}
