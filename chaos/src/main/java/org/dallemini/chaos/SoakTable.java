package org.dallemini.chaos;

import java.util.Locale;
import java.util.StringJoiner;

/** The results of a {@link SoakRun} as a table of Markdown. */
final class SoakTable {
    private SoakTable() {}

    static String of(SoakRun.Report report) {
        var table = new StringJoiner("\n");
        table.add("| second half | first | last | most | slope an hour | may grow by |");
        table.add("|---|---|---|---|---|---|");
        report.trends()
                .forEach((kind, vitals) -> vitals.forEach((vital, trend) -> table.add(String.format(
                        Locale.ROOT,
                        "| %s: %s | %.1f | %.1f | %.1f | %+.1f | %.0f |",
                        kind.command(),
                        vital.text(),
                        trend.first(),
                        trend.last(),
                        trend.most(),
                        trend.perHour(),
                        vital.tolerance()))));
        ChaosResult verdict = report.verdict();
        table.add("");
        table.add(String.format(
                Locale.ROOT,
                "%d images accepted, %d lost, %d twice; %d prompts refused",
                verdict.images(),
                verdict.lost(),
                verdict.twice(),
                verdict.deadLettered()));
        return table.toString();
    }
}
