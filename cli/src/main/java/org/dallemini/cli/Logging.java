package org.dallemini.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/** Sets the logging up by system properties, before the first logger is made. */
final class Logging {
    /** Read by logback.xml: what is printed on standard error. */
    private static final String LEVEL = "dallemini.log.level";

    private static final String FORMAT = "dallemini.log.format";
    private static final String FORMAT_VARIABLE = "DALLEMINI_LOG_FORMAT";

    /** Commands that run until they are stopped, whose log is their output. */
    private static final List<String> SERVICES =
            List.of("up", "prompt-ingest", "token-generator", "image-decoder", "storage-sink");

    private Logging() {}

    /**
     * A level that the caller has set stays as it is.
     *
     * @param environment says in what form a service logs, which must be known before its settings are read
     * @throws ConfigException if it says what is none
     */
    static void configure(boolean verbose, Map<String, String> environment, String... args) {
        boolean service = args.length > 0 && SERVICES.contains(args[0]);
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, verbose || service ? "INFO" : "ERROR");
        }
        String format = environment.getOrDefault(FORMAT_VARIABLE, "text");
        if (!format.equals("text") && !format.equals("json")) {
            throw new ConfigException(FORMAT_VARIABLE, format, "write text or json");
        }
        System.setProperty(FORMAT, service ? format : "text");
    }
}
