package org.dallemini.dalle.sampling;

import java.nio.FloatBuffer;

/** How likely the model finds a token, by its raw logits: before guidance, temperature, top-k and top-p. */
public final class LogLikelihood {
    /** Below that an addend is nothing to a sum that is at least 1. */
    private static final double NOTHING = -40;

    private static final double LOG2_E = 1 / Math.log(2);
    private static final double LN_2 = Math.log(2);

    /** 1 / n!. */
    private static final double[] TERMS = {
        1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320
    };

    private LogLikelihood() {}

    /**
     * The natural logarithm of the softmax of a row at a token: at most 0. In double precision, in the order of the
     * vocabulary, so that equal logits give equal bits.
     *
     * @param logits of all rows; only read
     * @param row where in it the row begins
     * @param vocabulary number of logits of a row
     */
    public static double of(FloatBuffer logits, int row, int vocabulary, int token) {
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            float logit = logits.get(row + i);
            highest = logit > highest ? logit : highest;
        }
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            double difference = (double) logits.get(row + i) - highest;
            if (difference > NOTHING) {
                sum += exp(difference);
            }
        }
        return (double) logits.get(row + token) - highest - Math.log(sum);
    }

    /**
     * e to the power of a number from -40 to 0, to nine digits: a power of two times the first terms of the series. A
     * row takes thousands of them, and this is several times as fast as {@link Math#exp}.
     */
    private static double exp(double x) {
        double y = x * LOG2_E;
        long power = (long) (y - 0.5); // the nearest: y is no more than 0
        double t = (y - power) * LN_2;
        double series = TERMS[TERMS.length - 1];
        for (int i = TERMS.length - 2; i >= 0; i--) {
            series = series * t + TERMS[i];
        }
        return Double.longBitsToDouble((power + 1023) << 52) * series;
    }
}
