package org.dallemini.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How far work has got, on standard error: one line that is written over, or a line now and then. Not thread-safe. */
public final class Progress {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String ERASE_LINE = "\r\u001b[2K";

    /** How it is shown. */
    public enum Style {
        /** One line with a bar that is written over: for terminals. */
        BAR,
        /** Now and then a line: for logs. */
        LINES,
        NONE
    }

    private final PrintStream err;
    private final Style style;
    private final LongSupplier nanoTime;
    private long started;
    private long shown;

    public Progress(PrintStream err, Style style, LongSupplier nanoTime) {
        this.err = err;
        this.style = style;
        this.nanoTime = nanoTime;
        begin();
    }

    /** Something else is counted from now on. */
    public void begin() {
        started = nanoTime.getAsLong();
        shown = style == Style.BAR ? started - REDRAW_NANOS : started;
    }

    /** What is being waited for before there is anything to count. */
    public void phase(String what) {
        if (style == Style.BAR) {
            err.print(ERASE_LINE + what + " ...");
            err.flush();
        }
    }

    /**
     * Shows how many are done, unless it has just been shown.
     *
     * @param here how many of them since {@link #begin}: tells the rate
     * @param unit what is counted, in the plural
     */
    public void count(long done, long total, long here, String unit) {
        long now = nanoTime.getAsLong();
        double seconds = (now - started) / 1e9;
        if (style == Style.BAR && (now - shown >= REDRAW_NANOS || done >= total)) {
            shown = now;
            err.print(ERASE_LINE + bar(done, total) + text(done, total, here, seconds, unit));
            err.flush();
        } else if (style == Style.LINES && now - shown >= LINE_NANOS) {
            shown = now;
            err.println(text(done, total, here, seconds, unit));
        }
    }

    private static String bar(long done, long total) {
        int filled = total == 0 ? BAR : (int) (BAR * Math.min(done, total) / total);
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] ";
    }

    static String text(long done, long total, long here, double seconds, String unit) {
        double rate = seconds > 0 ? here / seconds : 0;
        String left = rate > 0 && done < total ? "  " + time((total - done) / rate) + " left" : "";
        return done + "/" + total + " " + unit + (rate > 0 ? "  " + rate(rate) + "/s" : "") + left;
    }

    /** With a decimal where it tells something. */
    static String rate(double rate) {
        return String.format(Locale.ROOT, rate < 100 ? "%.1f" : "%.0f", rate);
    }

    /** In the unit that people would choose. */
    static String time(double seconds) {
        if (seconds < 120) {
            return Math.round(seconds) + " s";
        }
        return seconds < 7200 ? Math.round(seconds / 60) + " min" : Math.round(seconds / 3600) + " h";
    }

    /** Removes the line, so that other output can follow. */
    public void clear() {
        if (style == Style.BAR) {
            err.print(ERASE_LINE);
            err.flush();
        }
    }
}
