package org.dallemini.bench.models;

/**
 * The shortest time that a piece of work can take on a machine.
 *
 * @param millis the time
 * @param by what sets it: {@code memory} or {@code arithmetic}
 */
record Limit(double millis, String by) {

    static Limit of(double memoryMillis, double arithmeticMillis) {
        return memoryMillis > arithmeticMillis
                ? new Limit(memoryMillis, "memory")
                : new Limit(arithmeticMillis, "arithmetic");
    }

    /** How much of the limit was reached; 1 is all of it. */
    double share(double measuredMillis) {
        return millis / measuredMillis;
    }
}
