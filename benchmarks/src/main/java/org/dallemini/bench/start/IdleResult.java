package org.dallemini.bench.start;

/**
 * The program with nothing to do.
 *
 * @param seconds for which it was watched
 * @param cpuPercent processor time in percent of one core
 * @param memoryMbBefore resident, in MB
 * @param memoryMbAfter likewise, at the end
 */
public record IdleResult(int seconds, double cpuPercent, double memoryMbBefore, double memoryMbAfter) {
    @Override
    public String toString() {
        return String.format(
                "idle for %d s: %.1f %% of a core, %.0f MB -> %.0f MB%n",
                seconds, cpuPercent, memoryMbBefore, memoryMbAfter);
    }
}
