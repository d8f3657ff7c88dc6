package org.dallemini.models;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.dallemini.dalle.cache.PrepareListener;

/** One line on a terminal that is written over as work goes on; silent where nobody looks at it. */
public final class PreparationProgress implements PrepareListener {
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream terminal;
    private final boolean visible;
    private long drawn = System.nanoTime() - REDRAW_NANOS;

    /** @param visible whether {@code terminal} is one */
    public PreparationProgress(PrintStream terminal, boolean visible) {
        this.terminal = terminal;
        this.visible = visible;
    }

    @Override
    public void progress(String subject, long done, long total) {
        draw(() -> line(subject, done, total));
    }

    /** Things instead of bytes; 0 of 0 where there is nothing to count. */
    public void count(String subject, int done, int total) {
        draw(() -> total == 0 ? subject + " ..." : subject + ": " + done + " of " + total);
    }

    private void draw(Supplier<String> line) {
        long now = System.nanoTime();
        if (visible && now - drawn >= REDRAW_NANOS) {
            drawn = now;
            terminal.print(ERASE_LINE + line.get());
            terminal.flush();
        }
    }

    static String line(String subject, long done, long total) {
        long percent = total == 0 ? 100 : Math.round(100.0 * done / total);
        return String.format(Locale.ROOT, "%s: %d %% of %s", subject, percent, ModelText.megabytes(total));
    }

    /** Removes the line, so that other output can follow. */
    public void clear() {
        if (visible) {
            terminal.print(ERASE_LINE);
            terminal.flush();
        }
    }
}
