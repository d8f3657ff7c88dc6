package org.dallemini.stage;

import com.sun.net.httpserver.HttpHandler;
import java.time.Duration;
import java.util.Map;

/** A stage of the pipeline, from its start to its end. */
public interface RunningStage extends AutoCloseable {

    /** For example {@code token-generator}. */
    String name();

    /** How the stage is doing, as the readiness page shows it. */
    Health health();

    /** What the management server answers for the stage besides its health: handlers by path. */
    default Map<String, HttpHandler> endpoints() {
        return Map.of();
    }

    /** Waits until the stage has ended by itself; false if it is still running. */
    boolean awaitTermination(Duration timeout) throws InterruptedException;

    /** Finishes what is in hand within the drain time, commits, and frees everything. */
    @Override
    void close();
}
