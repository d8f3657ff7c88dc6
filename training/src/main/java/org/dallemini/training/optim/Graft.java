package org.dallemini.training.optim;

/** Whose length of an update Distributed Shampoo takes, {@code graft_type}. */
public enum Graft {
    SGD(false, false),
    ADAGRAD(false, true),
    ADAGRAD_NORMALIZED(true, true),
    RMSPROP(false, true),
    RMSPROP_NORMALIZED(true, true),
    SQRT_N(false, false);

    private final boolean normalized;
    private final boolean statistics;

    Graft(boolean normalized, boolean statistics) {
        this.normalized = normalized;
        this.statistics = statistics;
    }

    /** Whether it sees gradients of length 1. */
    boolean isNormalized() {
        return normalized;
    }

    /** Whether it divides by the root of sums of squares. */
    boolean hasStatistics() {
        return statistics;
    }

    /** Whether it forgets old squares. */
    boolean forgets() {
        return this == RMSPROP || this == RMSPROP_NORMALIZED;
    }
}
