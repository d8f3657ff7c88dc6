package org.dallemini.ingest.streams;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.dallemini.ingest.streams.KafkaReadiness.Result.NotReady;
import org.dallemini.ingest.streams.KafkaReadiness.Result.Ready;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.KafkaClients;
import org.dallemini.stage.KafkaPulse;
import org.dallemini.stage.Metrics;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.InstanceId;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka Streams as a stage of the pipeline, from its start to its end, on a thread of its own. */
public final class StreamsStage implements RunningStage {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsStage.class);

    /** What a close that hangs gets beyond the drain time. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /** How often to look whether Kafka Streams has given up. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final StreamsDefinition definition;
    private final Patience patience;
    private final InstanceId instance;
    private final MeterRegistry meters;
    private final Gauge ready;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Backoff backoff = new Backoff();
    private final KafkaPulse pulse;
    private final Thread thread;
    private volatile State state = State.STARTING;
    private volatile String detail = "";
    private volatile boolean crashed;
    private volatile @Nullable KafkaStreams streams;

    private StreamsStage(StreamsDefinition definition, InstanceId instance, MeterRegistry meters) {
        this.definition = definition;
        this.patience = definition.patience();
        this.instance = instance;
        this.meters = meters;
        this.pulse = new KafkaPulse(definition.config().getList(StageConfig.BOOTSTRAP_SERVERS));
        this.ready = Gauge.builder(Metrics.STAGE_READY, this, s -> s.health().isReady() ? 1 : 0)
                .description("1 while the stage is ready")
                .tag(Metrics.STAGE, definition.name())
                .register(meters);
        this.thread = new Thread(this::run, "stage-" + definition.name());
        this.thread.setDaemon(true);
    }

    /**
     * Starts the stage and returns at once; {@link #health} tells how it gets on.
     *
     * @throws ConfigException if a setting is unusable
     */
    public static StreamsStage start(StreamsDefinition definition, MeterRegistry meters) {
        // Wrong settings shall be told now rather than by the thread.
        new StreamsSettings(definition).of("instance", "cluster");
        InstanceId instance = InstanceId.acquire(definition.config(), definition.name());
        StreamsStage stage = new StreamsStage(definition, instance, meters);
        stage.thread.start();
        return stage;
    }

    private void run() {
        try {
            for (String clusterId = awaitKafka(); clusterId != null; clusterId = awaitKafka()) {
                runStreams(clusterId);
            }
            if (state != State.FAILED) {
                state = State.STOPPED;
                LOG.info("{} has stopped", name());
            }
        } catch (InterruptedException | InterruptException e) {
            state = State.STOPPED;
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            meters.remove(ready);
            Utils.closeQuietly(instance, "instance id");
            ended.countDown();
        }
    }

    /** The id of the cluster once it has all topics, or null if asked to stop before. */
    private @Nullable String awaitKafka() throws InterruptedException {
        try (Admin admin = whenResolved(() -> KafkaClients.admin(definition.config()))) {
            if (admin == null) {
                return null;
            }
            KafkaReadiness kafka = new KafkaReadiness(admin, definition.topics());
            while (!stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
                KafkaReadiness.Result found = kafka.look();
                if (found instanceof Ready cluster) {
                    detail = "";
                    return cluster.clusterId();
                }
                report(((NotReady) found).detail());
                backoff.failed();
            }
            return null;
        }
    }

    /** @return null if asked to stop before */
    private <T> @Nullable T whenResolved(Supplier<T> client) throws InterruptedException {
        return KafkaClients.whenResolved(definition.config(), client, new KafkaClients.Waiting<InterruptedException>() {
            @Override
            public boolean isOver() {
                return stop.getCount() == 0;
            }

            @Override
            public void await(String trouble) throws InterruptedException {
                report(trouble);
                backoff.failed();
                stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    private void runStreams(String clusterId) throws InterruptedException {
        Properties settings = new StreamsSettings(definition).of(instance.value(), clusterId);
        makeFolder(Path.of(settings.getProperty(StreamsConfig.STATE_DIR_CONFIG)));
        KafkaStreams live =
                whenResolved(() -> new KafkaStreams(definition.topology().get(), settings));
        if (live == null) {
            return;
        }
        crashed = false;
        live.setStateListener((now, before) -> changed(now));
        live.setUncaughtExceptionHandler(this::threadFailed);
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(live, List.of(Tag.of(Metrics.STAGE, name())));
        metrics.bindTo(meters);
        streams = live;
        try {
            if (isStarted(live)) {
                while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && !crashed) {
                    // It runs on threads of its own.
                }
            }
        } finally {
            // A member with a name of its own does not leave the group unless told to.
            live.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                    .withTimeout(definition.config().drainTimeout()));
            streams = null;
            metrics.close();
        }
    }

    /** Two applications may share it, and Kafka Streams fails where another makes it at the same moment. */
    private static void makeFolder(Path state) {
        try {
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new ConfigException("The folder for local state cannot be made: " + e);
        }
    }

    /** A global store is restored before the call returns, so an outage can end it; that is no reason to give up. */
    private boolean isStarted(KafkaStreams live) {
        try {
            live.start();
            return true;
        } catch (StreamsException e) {
            if (Failures.isFatal(e)) {
                throw e;
            }
            report(Failures.describe(e));
            backoff.failed();
            return false;
        }
    }

    private void changed(KafkaStreams.State now) {
        switch (now) {
            case RUNNING -> {
                state = State.RUNNING;
                detail = "";
                backoff.succeeded();
                LOG.info("{} is running as {}", name(), instance.value());
            }
            case REBALANCING -> {
                if (state == State.RUNNING) {
                    state = State.TROUBLED;
                    detail = "sharing the partitions out anew";
                }
            }
            case ERROR -> {
                if (state != State.FAILED) {
                    // The thread of a global store cannot be replaced: all of it is started again.
                    state = State.TROUBLED;
                    backoff.failed();
                    crashed = true;
                }
            }
            default -> {}
        }
    }

    /** On the thread that has failed: it is replaced once this returns, unless only a person can help. */
    private StreamThreadExceptionResponse threadFailed(Throwable failure) {
        if (stop.getCount() == 0) {
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (Failures.isFatal(failure)) {
            fail(failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        state = State.TROUBLED;
        report(Failures.describe(failure));
        LOG.debug("A stream thread failed and is replaced", failure);
        backoff.failed();
        try {
            if (stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
            // Its successor could not be made, and none would follow.
            Utils.closeQuietly(whenResolved(() -> KafkaClients.admin(definition.config())), "probe");
        } catch (KafkaException e) {
            fail(e); // a trust store that has gone, for example: out of here it would leave a stage without threads
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private void report(String trouble) {
        if (!trouble.equals(detail)) {
            LOG.warn("{} waits: {}", name(), trouble);
            detail = trouble;
        }
    }

    private void fail(Throwable failure) {
        detail = Failures.describe(failure);
        state = State.FAILED;
        if (Failures.isFatal(failure)) {
            LOG.error("{} ends: {}", name(), detail);
        } else {
            LOG.error("{} ends by an unforeseen error: {}", name(), detail, failure);
        }
        stop.countDown();
    }

    @Override
    public String name() {
        return definition.name();
    }

    /**
     * A store of this process, for queries.
     *
     * @throws InvalidStateStoreException if there is none to ask at present: the stage starts, or waits
     */
    public <T> T store(StoreQueryParameters<T> query) {
        KafkaStreams live = streams;
        if (live == null) {
            throw new InvalidStateStoreException(name() + " is not running: " + detail);
        }
        try {
            return live.store(query);
        } catch (IllegalStateException e) { // it ends, or has crashed and will be started again
            throw new InvalidStateStoreException(name() + " is not running", e);
        }
    }

    @Override
    public Health health() {
        Health now = new Health(state, detail);
        if (now.isLive() && stop.getCount() == 0) {
            return new Health(State.STOPPING, "finishing what has begun");
        }
        if (now.isLive() && !patience.trouble().isEmpty()) {
            // Even while starting: one partition's record can wait before the others are restored.
            return new Health(State.TROUBLED, patience.trouble());
        }
        if (!now.isReady()) {
            return now;
        }
        KafkaStreams live = streams;
        String silence = live == null ? "" : pulse.trouble(live.metrics());
        return silence.isEmpty() ? now : new Health(State.TROUBLED, silence);
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        patience.end();
        stop.countDown();
        if (streams == null) {
            thread.interrupt(); // it may be asking a broker that does not answer
        }
        try {
            if (!awaitTermination(definition.config().drainTimeout().plus(FAREWELL))) {
                thread.interrupt(); // a call to a broker that does not answer
                awaitTermination(FAREWELL);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
