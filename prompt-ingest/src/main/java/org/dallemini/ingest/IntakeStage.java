package org.dallemini.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.dallemini.ingest.KafkaReadiness.Result.NotReady;
import org.dallemini.ingest.KafkaReadiness.Result.Ready;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Failures;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.KafkaPulse;
import org.dallemini.stage.Metrics;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.InstanceId;
import org.dallemini.stage.config.StageConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka Streams as a stage of the pipeline, from its start to its end, on a thread of its own. */
final class IntakeStage implements RunningStage {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeStage.class);

    /** What a close that hangs gets beyond the drain time. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final PromptIngestConfig config;
    private final Topology topology;
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
    private volatile @Nullable KafkaStreams streams;

    private IntakeStage(
            PromptIngestConfig config,
            Topology topology,
            Patience patience,
            InstanceId instance,
            MeterRegistry meters) {
        this.config = config;
        this.topology = topology;
        this.patience = patience;
        this.instance = instance;
        this.meters = meters;
        this.pulse = new KafkaPulse(config.stage().getList(StageConfig.BOOTSTRAP_SERVERS));
        this.ready = Gauge.builder(Metrics.STAGE_READY, this, s -> s.health().isReady() ? 1 : 0)
                .description("1 while the stage is ready")
                .tag(Metrics.STAGE, PromptIngest.NAME)
                .register(meters);
        this.thread = new Thread(this::run, "stage-" + PromptIngest.NAME);
        this.thread.setDaemon(true);
    }

    /** @param patience what the topology waits with */
    static IntakeStage start(PromptIngestConfig config, Topology topology, Patience patience, MeterRegistry meters) {
        // Wrong settings shall be told now rather than by the thread.
        new StreamsSettings(config).of("instance", "cluster");
        InstanceId instance = InstanceId.acquire(config.stage(), PromptIngest.NAME);
        IntakeStage stage = new IntakeStage(config, topology, patience, instance, meters);
        stage.thread.start();
        return stage;
    }

    private void run() {
        try {
            String clusterId = awaitKafka();
            if (clusterId != null) {
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
        Topics topics = config.stage().topics();
        List<String> needed = List.of(
                topics.prompts(),
                topics.imageRequests(),
                topics.bulkImageRequests(),
                Topics.deadLetters(topics.prompts()));
        try (Admin admin = whenResolved(() -> Admin.create(config.stage().admin()))) {
            if (admin == null) {
                return null;
            }
            KafkaReadiness kafka = new KafkaReadiness(admin, needed);
            do {
                KafkaReadiness.Result found = kafka.look();
                if (found instanceof Ready cluster) {
                    detail = "";
                    return cluster.clusterId();
                }
                report(((NotReady) found).detail());
                backoff.failed();
            } while (!stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS));
            return null;
        }
    }

    /**
     * Makes a client of Kafka's, which refuse to be made while no name of a broker can be resolved.
     *
     * @return null if asked to stop before
     */
    private <T> @Nullable T whenResolved(Supplier<T> client) throws InterruptedException {
        while (stop.getCount() > 0) {
            try {
                return client.get();
            } catch (KafkaException e) {
                if (!Failures.isUnresolved(e)) {
                    throw e;
                }
                report("Kafka: no name in bootstrap.servers can be resolved: "
                        + String.join(",", config.stage().getList(StageConfig.BOOTSTRAP_SERVERS)));
                backoff.failed();
                stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        return null;
    }

    private void runStreams(String clusterId) throws InterruptedException {
        KafkaStreams live = whenResolved(
                () -> new KafkaStreams(topology, new StreamsSettings(config).of(instance.value(), clusterId)));
        if (live == null) {
            return;
        }
        live.setStateListener((now, before) -> changed(now));
        live.setUncaughtExceptionHandler(this::threadFailed);
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(live, List.of(Tag.of(Metrics.STAGE, name())));
        metrics.bindTo(meters);
        streams = live;
        try {
            live.start();
            stop.await();
        } finally {
            // A member with a name of its own does not leave the group unless told to.
            live.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                    .withTimeout(config.stage().drainTimeout()));
            streams = null;
            metrics.close();
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
                state = State.FAILED;
                stop.countDown();
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
            Utils.closeQuietly(whenResolved(() -> Admin.create(config.stage().admin())), "probe");
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
        return PromptIngest.NAME;
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
            if (!awaitTermination(config.stage().drainTimeout().plus(FAREWELL))) {
                thread.interrupt(); // a call to a broker that does not answer
                awaitTermination(FAREWELL);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
