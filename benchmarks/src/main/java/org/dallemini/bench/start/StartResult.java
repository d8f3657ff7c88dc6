package org.dallemini.bench.start;

import java.util.List;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;
import org.dallemini.bench.common.Percentiles;

/**
 * One line of the table.
 *
 * @param what was run
 * @param runs how often
 * @param wallSeconds median of the runs, from the start of the process to its end, or to what the line names
 * @param worstWallSeconds of the slowest run
 * @param cpuSeconds median of the runs, user and system, of all its processes
 */
public record StartResult(String what, int runs, double wallSeconds, double worstWallSeconds, double cpuSeconds) {
    static StartResult of(String what, List<Cost> costs) {
        Percentiles wall =
                Percentiles.of(costs.stream().mapToDouble(Cost::wallSeconds).toArray());
        Percentiles cpu =
                Percentiles.of(costs.stream().mapToDouble(Cost::cpuSeconds).toArray());
        return new StartResult(what, costs.size(), wall.median(), wall.max(), cpu.median());
    }

    /** All of a run. */
    public static String table(List<StartResult> results) {
        var table = new MarkdownTable("what", "runs", "wall time", "slowest", "processor time");
        results.forEach(one -> table.row(
                one.what,
                Integer.toString(one.runs),
                Numbers.of(one.wallSeconds) + " s",
                Numbers.of(one.worstWallSeconds) + " s",
                Numbers.of(one.cpuSeconds) + " s"));
        return table.toString();
    }
}
