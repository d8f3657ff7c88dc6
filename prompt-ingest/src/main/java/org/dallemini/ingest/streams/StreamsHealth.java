package org.dallemini.ingest.streams;

import java.time.Duration;
import org.dallemini.stage.Failures;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of a stage, reported by several threads. A stage that has failed stays failed. */
final class StreamsHealth {
    private static final Logger log = LoggerFactory.getLogger(StreamsHealth.class);

    /** How long a rebalance takes, or a start on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    private final String stage;
    private Health health = new Health(State.STARTING, "");
    /** Why the application is started again; empty once it runs. */
    private String restartReason = "";

    private long notRunningSince = System.nanoTime();

    StreamsHealth(String stage) {
        this.stage = stage;
    }

    synchronized Health get() {
        return health;
    }

    /** Whether it has not been running for longer than a start takes. */
    synchronized boolean isDownForLong() {
        return System.nanoTime() - notRunningSince >= SHORT.toNanos();
    }

    synchronized void running() {
        restartReason = "";
        set(State.RUNNING, "");
    }

    synchronized void rebalancing() {
        if (health.isReady()) {
            set(State.TROUBLED, "sharing the partitions out anew");
        }
    }

    /** The application ends, to be started again. */
    synchronized void restarting(String reason) {
        restartReason = reason;
        set(State.TROUBLED, reason);
    }

    /** The application could not be started. */
    synchronized void notStarted(String reason) {
        restartReason = reason;
        waiting(reason);
    }

    synchronized void waiting(String obstacle) {
        if (!obstacle.equals(health.detail())) {
            log.warn("{} waits: {}", stage, obstacle);
            set(health.state(), obstacle);
        }
    }

    /** What was waited for is there. */
    synchronized void waitingNoMore() {
        set(health.state(), restartReason);
    }

    synchronized void stopped() {
        set(State.STOPPED, "");
        if (health.state() == State.STOPPED) {
            log.info("{} has stopped", stage);
        }
    }

    synchronized void failed(Throwable e) {
        String reason = Failures.describe(e);
        set(State.FAILED, reason);
        if (Failures.isFatal(e)) {
            log.error("{} ends: {}", stage, reason);
        } else {
            log.error("{} ends by an unforeseen error: {}", stage, reason, e);
        }
    }

    private void set(State state, String detail) {
        if (health.state() != State.FAILED) {
            if (state != State.RUNNING && health.isReady()) {
                notRunningSince = System.nanoTime();
            }
            health = new Health(state, detail);
        }
    }
}
