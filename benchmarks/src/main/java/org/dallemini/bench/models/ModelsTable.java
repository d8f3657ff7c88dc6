package org.dallemini.bench.models;

import java.util.List;
import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/** Results for people. */
public final class ModelsTable {
    private ModelsTable() {}

    public static String of(List<RatedResult> results) {
        var tokens = new MarkdownTable(
                "tokens",
                "batch",
                "ms a step",
                "p95",
                "ms a text",
                "images/s",
                "s an image",
                "memory MB",
                "peak MB",
                "limit ms a step",
                "set by",
                "reached");
        var vqgan = new MarkdownTable(
                "vqgan", "images/s", "s an image", "memory MB", "peak MB", "limit s an image", "set by", "reached");
        for (RatedResult rated : results) {
            StageResult r = rated.result();
            if (r.msPerStep() == null || r.msPerStepP95() == null || r.msPerText() == null) {
                vqgan.row(
                        r.precision(),
                        Numbers.of(r.imagesPerSecond()),
                        Numbers.of(r.secondsPerImage()),
                        Numbers.of(r.residentMb()),
                        Numbers.of(r.peakMb()),
                        Numbers.of(rated.limitMs() / 1000),
                        rated.limitedBy(),
                        Numbers.percent(rated.shareOfLimit()));
            } else {
                tokens.row(
                        r.precision(),
                        Integer.toString(r.batch()),
                        Numbers.of(r.msPerStep()),
                        Numbers.of(r.msPerStepP95()),
                        Numbers.of(r.msPerText()),
                        Numbers.of(r.imagesPerSecond()),
                        Numbers.of(r.secondsPerImage()),
                        Numbers.of(r.residentMb()),
                        Numbers.of(r.peakMb()),
                        Numbers.of(rated.limitMs()),
                        rated.limitedBy(),
                        Numbers.percent(rated.shareOfLimit()));
            }
        }
        return (tokens.isEmpty() ? "" : tokens + "\n") + (vqgan.isEmpty() ? "" : vqgan);
    }
}
