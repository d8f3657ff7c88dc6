package org.dallemini.stage;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.HealthDetails.Source;
import org.dallemini.stage.config.InstanceId;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transactional stage: {@link BatchLoop} on a thread of its own, from its start to its end. */
public final class Stage<I extends SpecificRecord, O extends SpecificRecord> implements RunningStage {
    private static final Logger log = LoggerFactory.getLogger(Stage.class);

    /** For the clients to close in order, and for a call that hangs to return after an interrupt. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The same once the drain time is over, before the process manager kills. */
    private static final Duration SHORT_CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final StageConfig config;
    private final StageDefinition<I, O> definition;
    private final InstanceId instance;
    private final Deserializer<?> deserializer;
    private final Serializer<O> serializer;
    private final Tracing tracing;
    private final Stopping stopping;
    private final HealthDetails healthDetails;
    private final StageMeters meters;
    private final KafkaPulse pulse;
    private final Wakeup wakeup = new Wakeup();
    private final CountDownLatch leaving = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile State state = State.STARTING;
    private volatile String failureReason = "";
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile @Nullable TransactionalCommitter<I, O> committing;

    private Stage(
            StageConfig config,
            StageDefinition<I, O> definition,
            InstanceId instance,
            Deserializer<?> deserializer,
            Serializer<O> serializer,
            Tracing tracing,
            MeterRegistry registry) {
        this.config = config;
        this.definition = definition;
        this.instance = instance;
        this.deserializer = deserializer;
        this.serializer = serializer;
        this.tracing = tracing;
        this.stopping = new Stopping(config.drainTimeout());
        this.healthDetails = new HealthDetails(definition.name());
        this.pulse = new KafkaPulse(config.getList(StageConfig.BOOTSTRAP_SERVERS));
        this.meters = new StageMeters(registry, definition.name(), () -> health().isReady());
        this.thread = new Thread(this::run, "stage-" + definition.name());
        this.thread.setDaemon(true);
    }

    /**
     * Starts a stage and returns at once; {@link RunningStage#health} tells how it gets on. The engine is the stage's
     * from now on and is closed with it, also if the start fails.
     *
     * @throws ConfigException if a setting is unusable
     */
    public static <I extends SpecificRecord, O extends SpecificRecord> RunningStage start(
            StageConfig config, StageDefinition<I, O> definition, MeterRegistry registry) {
        InstanceId instance = null;
        try {
            instance = InstanceId.acquire(config, definition.name());
            // Wrong settings shall be told now rather than by the thread.
            config.groupConsumer(definition.name(), instance.value());
            config.transactionalProducer(definition.name(), instance.value());
            var stage = new Stage<I, O>(
                    config,
                    definition,
                    instance,
                    EventSerdes.deserializer(definition.inputType(), config.serde()),
                    EventSerdes.serializer(config.serde()),
                    Tracing.of(config, definition.name()),
                    registry);
            stage.thread.start();
            return stage;
        } catch (RuntimeException e) {
            definition.engine().close();
            if (instance != null) {
                instance.close();
            }
            throw e;
        }
    }

    private void run() {
        try {
            runLoop();
            state = State.STOPPED;
            log.info("{} has stopped", name());
        } catch (InterruptException e) {
            state = State.STOPPED;
            Thread.interrupted(); // so that what follows closes in order
            log.warn("{} was stopped before it could finish; what it did not commit will be done again", name());
        } catch (Throwable e) {
            fail(e);
        } finally {
            leaving.countDown();
            Utils.closeQuietly(definition.engine(), "engine");
            Utils.closeQuietly(deserializer, "deserializer");
            Utils.closeQuietly(serializer, "serializer");
            Utils.closeQuietly(tracing, "tracing");
            Utils.closeQuietly(meters, "meters");
            Utils.closeQuietly(instance, "instance id");
            ended.countDown();
        }
    }

    private void runLoop() {
        Admin admin = whenResolved(() -> KafkaClients.admin(config));
        if (admin == null) {
            return;
        }
        try {
            var watch = new InputWatch(admin, config.groupId(name()), definition, healthDetails);
            watch.await(wakeup, stopping::isRequested);
            if (!stopping.isRequested()) {
                new Durability(config).tell(admin, name(), watch.topics());
            }
            runLoop(watch);
        } finally {
            Utils.closeQuietly(() -> admin.close(Duration.ZERO), "admin client");
        }
    }

    private void runLoop(InputWatch watch) {
        Map<String, Object> producing = config.transactionalProducer(name(), instance.value());
        KafkaConsumer<byte[], byte[]> live = whenResolved(() -> new KafkaConsumer<>(
                config.groupConsumer(name(), instance.value()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer()));
        if (live == null) {
            return;
        }
        consumer = live;
        meters.bind(live);
        var backlog =
                new Backlog(name(), new KafkaConsumer<>(counting(), new Backlog.Nothing(), new Backlog.Nothing()));
        meters.show(backlog, definition.inputs().stream().map(StageInput::topic).toList());
        var committer = new TransactionalCommitter<I, O>(
                name(),
                live,
                () -> new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer()),
                new OutputEncoder<>(definition, serializer, config.maxRequestBytes()),
                healthDetails,
                meters);
        committing = committer;
        var loop = new BatchLoop<I, O>(
                definition,
                live,
                committer,
                new InputDecoder<>(deserializer, definition.inputType()),
                Releases.of(config),
                tracing,
                new Throttle(
                        definition.inputs(), definition.engine(), config.getInt(StageConfig.MAX_UNCOMMITTED_RECORDS)),
                stopping,
                config.revokeGrace(),
                healthDetails,
                watch,
                backlog,
                meters,
                wakeup,
                this::joined);
        try {
            loop.run();
        } finally {
            consumer = null;
            committing = null;
            leaving.countDown();
            boolean inTime = !Thread.interrupted() && !stopping.isDrainOver();
            // The producer last: closing the consumer gives the partitions away, which commits what is done. A member
            // with a name of its own does not leave the group unless told to: others would wait for its session to end.
            Utils.closeQuietly(
                    () -> live.close(CloseOptions.timeout(inTime ? CLOSE_TIMEOUT : SHORT_CLOSE_TIMEOUT)
                            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)),
                    "consumer");
            Utils.closeQuietly(backlog, "backlog");
            Utils.closeQuietly(inTime ? committer : () -> committer.close(Duration.ZERO), "producer");
        }
    }

    /** For a consumer that looks at headers of records only, in small portions, and waits for long. */
    private Map<String, Object> counting() {
        Map<String, Object> settings = config.consumer();
        settings.putIfAbsent(
                ConsumerConfig.CLIENT_ID_CONFIG, config.groupId(name()) + "-" + instance.value() + "-backlog");
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5_000);
        settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1 << 20);
        settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 18);
        return settings;
    }

    /** @return null if asked to stop before */
    private <T> @Nullable T whenResolved(Supplier<T> client) {
        var backoff = new Backoff();
        T made = KafkaClients.whenResolved(config, client, new KafkaClients.Waiting<RuntimeException>() {
            @Override
            public boolean isOver() {
                return stopping.isRequested();
            }

            @Override
            public void await(String trouble) {
                healthDetails.report(Source.NAMES, trouble);
                backoff.failed();
                wakeup.await(backoff.remaining());
            }
        });
        if (made != null) {
            healthDetails.clear(Source.NAMES);
        }
        return made;
    }

    private void joined() {
        state = State.RUNNING;
        log.info("{} is running as {} in group {}", name(), instance.value(), config.groupId(name()));
    }

    private void fail(Throwable e) {
        boolean known = e instanceof FatalStageException || e instanceof Exception && Failures.isFatal(e);
        failureReason = Failures.inChain(e, x -> x instanceof FencedInstanceIdException)
                ? "another process runs with instance.id " + instance.value()
                        + " and has taken over: give each process its own"
                : Failures.describe(e);
        state = State.FAILED;
        if (known) {
            log.error("{} ends: {}", name(), failureReason);
        } else {
            log.error("{} ends by an unforeseen error: {}", name(), failureReason, e);
        }
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public Health health() {
        State now = state;
        if (now != State.STARTING && now != State.RUNNING) {
            return new Health(now, failureReason);
        }
        String trouble = trouble();
        if (stopping.isRequested()) {
            return new Health(State.STOPPING, trouble.isEmpty() ? "finishing what has begun" : trouble);
        }
        return now == State.RUNNING && !trouble.isEmpty()
                ? new Health(State.TROUBLED, trouble)
                : new Health(now, trouble);
    }

    private String trouble() {
        String waiting = healthDetails.detail();
        if (!waiting.isEmpty()) {
            return waiting;
        }
        TransactionalCommitter<I, O> committer = committing;
        if (committer != null && committer.isStuck()) {
            return "Kafka at " + String.join(",", config.getList(StageConfig.BOOTSTRAP_SERVERS))
                    + " does not answer to a commit";
        }
        KafkaConsumer<byte[], byte[]> live = consumer;
        String silence = live == null ? "" : pulse.trouble(live.metrics());
        return silence.isEmpty() ? definition.engine().trouble() : silence;
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        stopping.request();
        wakeup.signal();
        try {
            long drain = config.drainTimeout().plus(SHORT_CLOSE_TIMEOUT).toMillis();
            if (!leaving.await(drain, TimeUnit.MILLISECONDS)) {
                thread.interrupt(); // A call to a broker that does not answer.
            }
            awaitTermination(CLOSE_TIMEOUT.multipliedBy(2));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
