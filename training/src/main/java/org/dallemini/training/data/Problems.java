package org.dallemini.training.data;

import java.io.PrintStream;

/**
 * What is wrong with single files of a data set: told, counted and passed over, or the end, as was chosen. Thread-safe.
 */
public final class Problems {
    /** Told in full; more are counted only. */
    private static final int MAX_TOLD = 20;

    private final boolean skip;
    private final PrintStream err;
    private int count;

    /**
     * @param skip whether to go on without what is damaged
     * @param err where it is told
     */
    public Problems(boolean skip, PrintStream err) {
        this.skip = skip;
        this.err = err;
    }

    /**
     * Tells of something that cannot be used.
     *
     * @throws DataException if such things are not skipped
     */
    public synchronized void tell(String problem) {
        if (!skip) {
            throw new DataException(problem + " (--skip-damaged goes on without it)");
        }
        count++;
        if (count <= MAX_TOLD) {
            err.println("skipped: " + problem);
        } else if (count == MAX_TOLD + 1) {
            err.println("skipped: more, which are counted only");
        }
    }

    /** How many there were. */
    public synchronized int count() {
        return count;
    }
}
