package org.dallemini.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Everything that this JVM prints, and logs at DEBUG and above with stack traces, from all libraries, until it is
 * closed.
 */
final class CapturedOutput implements AutoCloseable {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream sink = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Map<Logger, Optional<Level>> levels = new HashMap<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            sink.println(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                sink.println(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    };

    /** @param loggers that log at DEBUG; the broker and its kin in this JVM need not */
    CapturedOutput(String... loggers) {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        for (String logger : loggers) {
            var verbose = (Logger) LoggerFactory.getLogger(logger);
            levels.put(verbose, Optional.ofNullable(verbose.getLevel()));
            verbose.setLevel(Level.DEBUG);
        }
        System.setOut(sink);
        System.setErr(sink);
    }

    /** What a server or a file says. */
    void add(String text) {
        sink.println(text);
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
        root.detachAppender(appender);
        levels.forEach((logger, level) -> logger.setLevel(level.orElse(null)));
    }
}
