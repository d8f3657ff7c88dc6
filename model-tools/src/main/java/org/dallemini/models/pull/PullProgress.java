package org.dallemini.models.pull;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.dallemini.models.ModelText;

/** A line for each file that is complete, and on a terminal one below that is written over as bytes come. */
public final class PullProgress {
    private static final int BAR = 24;
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private long total;
    private long finished;
    private long current;
    private long came;
    private long started;
    private long drawn;

    /** @param terminal whether {@code out} is one */
    public PullProgress(PrintStream out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.drawn = started - REDRAW_NANOS;
    }

    void begin(long bytes) {
        total = bytes;
        started = nanoTime.getAsLong();
    }

    /** So much of the current file is there. */
    void has(long bytes) {
        current = bytes;
        draw();
    }

    /** So much more of the current file came. */
    void came(long bytes) {
        current += bytes;
        came += bytes;
        draw();
    }

    /** The current file is complete; the next one begins. */
    void complete(String path, long size) {
        finished += size;
        current = 0;
        say(path + "  " + text(size));
        draw();
    }

    private static String text(long bytes) {
        return bytes < 1_000_000 ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3) : ModelText.megabytes(bytes);
    }

    /** A line that stays. */
    void say(String line) {
        clear();
        out.println(line);
        out.flush();
    }

    private void draw() {
        long now = nanoTime.getAsLong();
        if (terminal && total > 0 && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            out.print(ERASE_LINE + line(finished + current, total, came, (now - started) / 1e9));
            out.flush();
        }
    }

    /** @param came bytes that came in {@code seconds}; the others were there before */
    static String line(long done, long total, long came, double seconds) {
        int filled = (int) Math.min(BAR, BAR * done / total);
        double rate = seconds > 0 ? came / seconds : 0;
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] "
                + String.format(Locale.ROOT, "%.1f of ", done / 1e6) + ModelText.megabytes(total)
                + (rate > 0 ? String.format(Locale.ROOT, "  %.1f MB/s", rate / 1e6) : "")
                + (rate > 0 && done < total ? "  " + left((total - done) / rate) : "");
    }

    private static String left(double seconds) {
        return seconds < 120
                ? String.format(Locale.ROOT, "%.0f s left", seconds)
                : String.format(Locale.ROOT, "%.0f min left", seconds / 60);
    }

    /** Removes the line that is written over, so that other output can follow. */
    public void clear() {
        if (terminal) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
