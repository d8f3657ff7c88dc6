package org.dallemini.cli;

import picocli.CommandLine.Option;

/** How much is said on standard error. */
final class LogOptions {
    /**
     * Set by {@link Dallemini#main} before the first logger exists, for it must be known then; declared here for the
     * help.
     */
    static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, description = "Log what goes on, and show stack traces of errors.")
    private boolean verbose;

    /** How wide the terminal is that standard output is; 0 if it is none. The launcher has looked. */
    static int columns() {
        return Integer.getInteger("dallemini.stdout.columns", 0);
    }

    /** Whether a person watches standard error; the launcher has looked. */
    boolean isTerminal() {
        return Boolean.getBoolean("dallemini.stderr.tty") && !verbose;
    }
}
