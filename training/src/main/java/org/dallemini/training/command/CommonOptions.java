package org.dallemini.training.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of all commands. */
final class CommonOptions {
    static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, description = "Print the stack trace of a failure.")
    private boolean verbose;

    /** Where the native libraries are unpacked. */
    static Path libraries() {
        String home = System.getProperty("dallemini.home", "");
        String data = System.getenv("DALLEMINI_DATA_DIR");
        return (data == null ? Path.of(home).resolve(".dallemini") : Path.of(data)).resolve("libraries");
    }
}
