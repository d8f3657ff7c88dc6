package org.dallemini.training.command;

import java.nio.file.Path;
import org.dallemini.training.data.Problems;
import picocli.CommandLine.Option;

/** Options of all commands. */
final class CommonOptions {
    static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, description = "Print the stack trace of a failure.")
    private boolean verbose;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that work at once, a core each (default: one for every core). A run repeats to the"
                    + " bit with the same number.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--skip-damaged",
            description = "Tell, count and pass over files of the data set that cannot be used, instead of ending.")
    private boolean skipDamaged;

    int threads() {
        return threads;
    }

    Problems problems() {
        return new Problems(skipDamaged, System.err);
    }

    /** Where the native libraries are unpacked. */
    static Path libraries() {
        String home = System.getProperty("dallemini.home", "");
        String data = System.getenv("DALLEMINI_DATA_DIR");
        return (data == null ? Path.of(home).resolve(".dallemini") : Path.of(data)).resolve("libraries");
    }
}
