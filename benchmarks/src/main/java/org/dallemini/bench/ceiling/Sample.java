package org.dallemini.bench.ceiling;

/**
 * How far a stage has come.
 *
 * @param nanos when, by a clock that does not jump
 * @param images whose offsets are committed
 * @param stageSeconds processor time of all its processes so far
 * @param brokerSeconds of the broker
 * @param storeSeconds of the object store
 */
record Sample(long nanos, long images, double stageSeconds, double brokerSeconds, double storeSeconds) {}
