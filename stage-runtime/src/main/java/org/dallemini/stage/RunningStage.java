package org.dallemini.stage;

import java.time.Duration;

/** A stage of the pipeline, from its start to its end. */
public interface RunningStage extends AutoCloseable {

    /** For example {@code token-generator}. */
    String name();

    /** How the stage is doing, as the readiness page shows it. */
    Health health();

    /** Waits until the stage has ended by itself; false if it is still running. */
    boolean awaitTermination(Duration timeout) throws InterruptedException;

    /** Finishes what is in hand within the drain time, commits, and frees everything. */
    @Override
    void close();
}
