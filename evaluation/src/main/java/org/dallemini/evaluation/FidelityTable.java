package org.dallemini.evaluation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@link Fidelity} as Markdown tables. */
public final class FidelityTable {
    private FidelityTable() {}

    public static String of(Fidelity fidelity) {
        var page = new StringBuilder();
        boolean judged = fidelity.captions() > 0;
        line(
                page,
                "| `bart.precision` | error of logits | greedy tokens alike |%s",
                judged ? " sampled images alike | captions drawn right |" : "");
        line(page, "|---|---|---|%s", judged ? "---|---|" : "");
        for (Fidelity.Bart row : fidelity.bart()) {
            line(
                    page,
                    "| %s | %.2f %% | %.1f %% |%s",
                    row.precision(),
                    100 * row.logitError(),
                    100 * row.sameGreedyToken(),
                    judged
                            ? String.format(Locale.ROOT, " %.1f %% |", 100 * orNaN(row.sameImage()))
                                    + right(row.drawnRight(), fidelity)
                            : "");
        }
        page.append('\n');
        line(
                page,
                "| `vqgan.precision` | mean error of a level (0-255) | of the worst image | largest |%s",
                judged ? " captions drawn right |" : "");
        line(page, "|---|---|---|---|%s", judged ? "---|" : "");
        for (Fidelity.Vqgan row : fidelity.vqgan()) {
            line(
                    page,
                    "| %s | %.3f | %.3f | %d |%s",
                    row.precision(),
                    row.meanError(),
                    row.worstError(),
                    row.largestError(),
                    judged ? right(row.drawnRight(), fidelity) : "");
        }
        return page.toString();
    }

    private static String right(@Nullable Integer right, Fidelity fidelity) {
        int count = right == null ? 0 : right;
        return String.format(
                Locale.ROOT, " %.1f %% (%d of %d) |", 100.0 * count / fidelity.captions(), count, fidelity.captions());
    }

    private static double orNaN(@Nullable Double share) {
        return share == null ? Double.NaN : share;
    }

    private static void line(StringBuilder page, String format, Object... values) {
        page.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
