package org.dallemini.cli;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Ends a wait when its time is up, or when the user interrupts. */
record TimeLimit(Interruption interruption, long end) implements BooleanSupplier {
    /** The time counts from now on. */
    static TimeLimit of(Duration time, Interruption interruption) {
        return new TimeLimit(interruption, System.nanoTime() + time.toNanos());
    }

    @Override
    public boolean getAsBoolean() {
        return interruption.isRequested() || System.nanoTime() - end > 0;
    }
}
