package org.dallemini.cli;

/** What the process says to its caller when it ends. */
final class ExitCode {
    static final int OK = 0;
    /** Something failed or was refused; the messages say what. */
    static final int FAILURE = 1;
    /** The command line or the configuration is wrong. */
    static final int USAGE = 2;
    /** Something that is needed is not there at present: trying again later may help (EX_TEMPFAIL). */
    static final int TRY_AGAIN = 75;
    /** Ctrl-C. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
