package org.dallemini.bench.start;

/**
 * Of one run.
 *
 * @param wallSeconds that passed
 * @param cpuSeconds of processor time, user and system
 */
record Cost(double wallSeconds, double cpuSeconds) {}
