package org.dallemini.bench.pipeline;

import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * Interactive prompts while a bulk backlog runs.
 *
 * @param mode {@code lanes}
 * @param setup the settings that matter
 * @param images interactive ones
 * @param waitMs from publication until the token generator took the image in
 * @param waitSteps the same in steps of the batch
 * @param msPerStep median over these images
 * @param totalMs from publication to the committed completion event
 * @param bulkPerSecond bulk images/s meanwhile; all that were stored while the prompts came
 */
public record LanesResult(
        String mode,
        Setup setup,
        int images,
        Spread waitMs,
        Spread waitSteps,
        double msPerStep,
        Spread totalMs,
        double bulkPerSecond)
        implements PipelineResult {

    @Override
    public String table() {
        var table = new MarkdownTable(
                "pipeline, " + images + " interactive images during bulk: " + setup.text(), "p50", "p95", "max");
        add(table, "from publication to admission, ms", waitMs);
        add(table, "the same in steps of " + Numbers.of(msPerStep) + " ms", waitSteps);
        add(table, "from publication to stored object, ms", totalMs);
        return table + "\nbulk images meanwhile: " + Numbers.of(bulkPerSecond) + "/s\n";
    }

    private static void add(MarkdownTable table, String what, Spread time) {
        table.row(what, Numbers.of(time.p50()), Numbers.of(time.p95()), Numbers.of(time.max()));
    }
}
