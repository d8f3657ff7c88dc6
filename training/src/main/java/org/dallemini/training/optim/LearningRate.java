package org.dallemini.training.optim;

import java.util.Locale;

/**
 * The learning rate of each update as train.py of dalle-mini has it: an offset without learning, warm-up, then
 * constant, linear or exponential. With any warm-up, also one of 0 updates, the first update has rate 0.
 *
 * @param rate the highest one
 * @param offset updates before warm-up begins, {@code lr_offset}
 * @param warmup updates of warm-up, {@code warmup_steps}
 * @param decay what comes after warm-up
 * @param updates of the whole training, for {@code LINEAR}, which reaches 0 at its end
 * @param factor what {@code EXPONENTIAL} multiplies the rate with every {@code transition} updates
 * @param staircase whether it does so in steps
 */
public record LearningRate(
        double rate,
        int offset,
        int warmup,
        Decay decay,
        int updates,
        double factor,
        int transition,
        boolean staircase) {
    /** What comes after warm-up. */
    public enum Decay {
        CONSTANT,
        LINEAR,
        EXPONENTIAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The rate of update number n, counted from 0. */
    public double at(int n) {
        if (n < offset) {
            return 0;
        }
        int begin = warmup + offset;
        if (decay == Decay.CONSTANT || n < begin) {
            return rate * Math.min(n - offset, warmup + 1) / (warmup + 1);
        }
        int after = n - begin;
        if (decay == Decay.LINEAR) {
            int whole = updates - warmup;
            return rate * (1 - Math.min(after, whole) / (double) whole);
        }
        double exponent = after / (double) transition;
        return rate * Math.pow(factor, staircase ? Math.floor(exponent) : exponent);
    }
}
