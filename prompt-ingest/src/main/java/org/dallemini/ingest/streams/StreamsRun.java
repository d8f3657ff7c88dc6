package org.dallemini.ingest.streams;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.dallemini.ingest.streams.TopicWatch.Change;
import org.dallemini.stage.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka Streams from a start to the stage's end, a crash, or a change of its topics. */
final class StreamsRun {
    private static final Logger log = LoggerFactory.getLogger(StreamsRun.class);

    /** How often to look whether Kafka Streams has given up. */
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaStreams streams;
    private final String stage;
    private final StreamsHealth health;
    private final CountDownLatch stop;
    private final CountDownLatch crash = new CountDownLatch(1);
    private volatile boolean isSourceMissing;

    /** @param stop counted down when the stage shall end, and here when it has to */
    StreamsRun(KafkaStreams streams, String stage, String instance, StreamsHealth health, CountDownLatch stop) {
        this.streams = streams;
        this.stage = stage;
        this.health = health;
        this.stop = stop;
        streams.setStateListener((now, before) -> changed(now, instance));
        streams.setUncaughtExceptionHandler(this::threadFailed);
    }

    /** A global store is restored before the call returns, so an outage can end it; that is no reason to give up. */
    boolean start() {
        try {
            streams.start();
            return true;
        } catch (StreamsException | IllegalStateException e) {
            if (stop.getCount() == 0) {
                return false; // interrupted
            }
            if (e instanceof IllegalStateException || Failures.isFatal(e)) {
                throw e;
            }
            health.notStarted(Failures.describe(e));
            return false;
        }
    }

    /** Waits for the end; the change of its topics if that is why it shall end. It runs on threads of its own. */
    Optional<Change> await(TopicWatch watch) throws InterruptedException {
        Optional<Change> change = Optional.empty();
        while (change.isEmpty() && !stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS) && crash.getCount() > 0) {
            change = watch.change();
        }
        return change;
    }

    /** Whether it has crashed because a topic that it reads was deleted. */
    boolean isSourceMissing() {
        return isSourceMissing;
    }

    /** Returns when it is closed: until then it keeps its stores. A process that ends need not wait for that. */
    void close(Duration timeout) {
        // A member with a name of its own does not leave the group unless told to.
        CloseOptions leaving = CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(timeout);
        boolean isClosed = streams.close(leaving);
        while (!isClosed && stop.getCount() > 0) {
            isClosed = streams.close(leaving);
        }
    }

    private void changed(KafkaStreams.State now, String instance) {
        switch (now) {
            case RUNNING -> {
                health.running();
                log.info("{} is running as {}", stage, instance);
            }
            case REBALANCING -> health.rebalancing();
            case ERROR -> crash.countDown();
            default -> {}
        }
    }

    /**
     * On the thread that has failed. Kafka Streams could replace it, but its successor would be another member of the
     * group: the partitions would wait until the session of the dead one has ended. Started again, the application
     * takes the same names, and with them its partitions and its open transaction, at once.
     */
    private StreamThreadExceptionResponse threadFailed(Throwable e) {
        if (stop.getCount() > 0) {
            if (Failures.isFatal(e)) {
                health.failed(e);
                stop.countDown();
            } else {
                log.debug("A stream thread failed", e);
                isSourceMissing |= Failures.inChain(e, cause -> cause instanceof MissingSourceTopicException);
                String reason = Failures.describe(e);
                log.warn("{} starts again: {}", stage, reason);
                health.restarting(reason);
            }
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
}
