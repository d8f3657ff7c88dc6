package org.dallemini.generate;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** One line on a terminal that is written over as the work goes on; silent where nobody looks at it. */
final class Progress {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream terminal;
    private final boolean visible;
    private final LongSupplier nanoTime;
    private final long started;
    private long drawn;

    /** @param visible whether {@code terminal} is one */
    Progress(PrintStream terminal, boolean visible, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.visible = visible;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.drawn = started - REDRAW_NANOS;
    }

    /** What is being waited for before there is anything to count. */
    void phase(String what) {
        if (visible) {
            terminal.print(ERASE_LINE + what + " ...");
            terminal.flush();
        }
    }

    void images(int done, int total, int drawnHere) {
        long now = nanoTime.getAsLong();
        if (!visible || (now - drawn < REDRAW_NANOS && done < total)) {
            return;
        }
        drawn = now;
        terminal.print(ERASE_LINE + line(done, total, drawnHere, (now - started) / 1e9));
        terminal.flush();
    }

    static String line(int done, int total, int drawnHere, double seconds) {
        int filled = total == 0 ? BAR : (int) ((long) BAR * done / total);
        double rate = seconds > 0 ? drawnHere / seconds : 0;
        String eta = rate > 0 && done < total ? "  " + Math.round((total - done) / rate) + " s left" : "";
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + done + "/" + total + " images"
                + (rate > 0 ? String.format(java.util.Locale.ROOT, "  %.1f/s", rate) : "") + eta;
    }

    /** Removes the line, so that other output can follow. */
    void clear() {
        if (visible) {
            terminal.print(ERASE_LINE);
            terminal.flush();
        }
    }
}
