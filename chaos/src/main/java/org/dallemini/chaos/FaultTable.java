package org.dallemini.chaos;

import java.util.Locale;
import java.util.StringJoiner;

/** The results of a {@link FaultRun} as a table of Markdown. */
final class FaultTable {
    private FaultTable() {}

    static String of(FaultRun.Report report) {
        var table = new StringJoiner("\n");
        table.add("| fault | lasted | said by all after | throughput back after | caught up after | images | said |");
        table.add("|---|---|---|---|---|---|---|");
        for (FaultRun.Result result : report.results()) {
            table.add(String.format(
                    Locale.ROOT,
                    "| %s | %d s | %s | %s | %s | %d | %s |",
                    result.fault().name(),
                    result.fault().length().toSeconds(),
                    result.fault().words().isEmpty() ? "" : seconds(result.shown()),
                    seconds(result.recovered()),
                    seconds(result.caughtUp()),
                    result.images(),
                    String.join("; ", result.troubles()).replace("|", "\\|").replace('\n', ' ')));
        }
        ChaosResult verdict = report.verdict();
        table.add("");
        table.add(String.format(
                Locale.ROOT,
                "%.1f images/s before; %d images accepted, %d lost, %d twice, %d dead-lettered",
                report.imagesPerSecond(),
                verdict.images(),
                verdict.lost(),
                verdict.twice(),
                verdict.deadLettered()));
        return table.toString();
    }

    private static String seconds(double value) {
        return value < 0 ? "never" : String.format(Locale.ROOT, "%.1f s", value);
    }
}
