package org.dallemini.cli;

import java.util.List;

/** Sets the logging up by system properties, before the first logger is made. */
final class Logging {
    /** Read by logback.xml: what is printed on standard error. */
    private static final String LEVEL = "dallemini.log.level";

    /** Commands that run until they are stopped, whose log is their output. */
    private static final List<String> SERVICES =
            List.of("up", "prompt-ingest", "token-generator", "image-decoder", "storage-sink");

    private Logging() {}

    /** A level that the caller has set stays as it is. */
    static void configure(boolean verbose, String... args) {
        boolean service = args.length > 0 && SERVICES.contains(args[0]);
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, verbose || service ? "INFO" : "ERROR");
        }
    }
}
