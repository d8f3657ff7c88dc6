package org.dallemini.footprint;

/**
 * What a process, or a part of its work, has used.
 *
 * @param processorSeconds of all its threads
 * @param packageJoules its share of what the processor packages used, by their own counters; NaN where they have none
 *     that may be read
 * @param gpuJoules of the GPUs that it works with
 */
public record Usage(double processorSeconds, double packageJoules, double gpuJoules) {
    static final Usage NONE = new Usage(0, 0, 0);

    Usage plus(Usage other) {
        return new Usage(
                processorSeconds + other.processorSeconds,
                packageJoules + other.packageJoules,
                gpuJoules + other.gpuJoules);
    }

    Usage minus(Usage other) {
        return plus(other.times(-1));
    }

    Usage times(double factor) {
        return new Usage(processorSeconds * factor, packageJoules * factor, gpuJoules * factor);
    }
}
