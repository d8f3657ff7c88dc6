package org.dallemini.bench.pipeline;

import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline under load.
 *
 * @param mode {@code rate} or {@code saturate}
 * @param setup the settings that matter
 * @param images all of them
 * @param offeredPerSecond prompts/s; absent if all were published at once
 * @param imagesPerSecond stored, over the steady part
 * @param steadyImages images of the steady part
 * @param latencyMs from the scheduled arrival to the committed completion event
 * @param engines the models alone; absent if they were not measured
 * @param shareOfEngines images/s over those of the engines together
 */
public record LoadResult(
        String mode,
        Setup setup,
        int images,
        @Nullable Double offeredPerSecond,
        double imagesPerSecond,
        int steadyImages,
        Spread latencyMs,
        @Nullable EnginesAlone engines,
        @Nullable Double shareOfEngines)
        implements PipelineResult {

    @Override
    public String table() {
        var table = new MarkdownTable("pipeline, " + mode, setup.text())
                .row("images", Integer.toString(images))
                .row("offered", offeredPerSecond == null ? "all at once" : Numbers.of(offeredPerSecond) + " prompts/s")
                .row("throughput", Numbers.of(imagesPerSecond) + " images/s over " + steadyImages + " images")
                .row(
                        "from scheduled arrival to stored object, p50 / p95 / p99",
                        Numbers.of(latencyMs.p50() / 1000) + " / " + Numbers.of(latencyMs.p95() / 1000) + " / "
                                + Numbers.of(latencyMs.p99() / 1000) + " s");
        if (engines != null && shareOfEngines != null) {
            table.row(
                            "engines alone: tokens, VQGAN, together",
                            Numbers.of(engines.tokens()) + ", " + Numbers.of(engines.vqgan()) + ", "
                                    + Numbers.of(engines.together()) + " images/s")
                    .row("pipeline / engines alone", Numbers.percent(shareOfEngines));
        }
        return table.toString();
    }
}
