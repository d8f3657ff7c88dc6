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
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.dallemini.ingest.streams.KafkaReadiness.Result.NotReady;
import org.dallemini.ingest.streams.KafkaReadiness.Result.Ready;
import org.dallemini.ingest.streams.TopicWatch.Change;
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
    private static final Logger log = LoggerFactory.getLogger(StreamsStage.class);

    /** What a close that hangs gets beyond the drain time. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** An application that has run for so long before it failed is started again without a long pause. */
    private static final Duration CALM = Duration.ofMinutes(1);

    /** It may be down for so long without anybody being told; a start on a busy machine takes as long. */
    private static final Duration MOMENT = Duration.ofSeconds(10);

    /** How often to look whether Kafka Streams has given up. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private final StreamsDefinition definition;
    private final RegistryRetry registryRetry;
    private final InstanceId instance;
    private final MeterRegistry meters;
    private final Gauge ready;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Backoff backoff = new Backoff();
    private final KafkaPulse pulse;
    private final Thread thread;
    private volatile Health condition = new Health(State.STARTING, "");
    /** Why the application is started again; empty once it runs. */
    private volatile String failure = "";

    /** Whether the application has ended for that. */
    private volatile boolean topicsChanged;

    /** Since when it has not been running. */
    private long downSinceNanos = System.nanoTime();

    private volatile @Nullable KafkaStreams streams;
    /** Of the stage's own thread alone, as is the next. */
    private boolean rightsAreChecked;

    /** Since when the topics have not been as they should; 0 if they are. */
    private long repairingSince;

    private StreamsStage(StreamsDefinition definition, InstanceId instance, MeterRegistry meters) {
        this.definition = definition;
        this.registryRetry = definition.registryRetry();
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
            for (Ready kafka = awaitKafka(); kafka != null; kafka = awaitKafka()) {
                runStreams(kafka);
            }
            become(State.STOPPED, "");
            if (condition.state() == State.STOPPED) {
                log.info("{} has stopped", name());
            }
        } catch (InterruptedException | InterruptException e) {
            become(State.STOPPED, "");
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            meters.remove(ready);
            Utils.closeQuietly(instance, "instance id");
            ended.countDown();
        }
    }

    /** The cluster once it has all topics, or null if asked to stop before. */
    private @Nullable Ready awaitKafka() throws InterruptedException {
        try (Admin admin = whenResolved(() -> KafkaClients.admin(definition.config()))) {
            if (admin == null) {
                return null;
            }
            KafkaReadiness kafka = new KafkaReadiness(admin, definition.topics(), definition.internal());
            while (!stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
                KafkaReadiness.Result found = kafka.look();
                if (found instanceof Ready cluster) {
                    become(condition.state(), failure);
                    return cluster;
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

    private void runStreams(Ready kafka) throws InterruptedException {
        StreamsSettings streamsSettings = new StreamsSettings(definition);
        Properties settings = streamsSettings.of(instance.value(), kafka.clusterId());
        Path folder = streamsSettings.folder(instance.value(), kafka.clusterId());
        makeFolder(folder);
        StreamsGraph application = definition.graph().apply(kafka.snapshot());
        GraphTopics graph = GraphTopics.of(application, definition.applicationId());
        TopicIds ids = new TopicIds(folder.resolve(definition.applicationId() + ".topics"));
        try (Admin admin = whenResolved(() -> KafkaClients.admin(definition.config()))) {
            if (admin == null) {
                return;
            }
            TopicRepair repair =
                    new TopicRepair(definition, admin, graph, ids, folder.resolve(definition.applicationId()));
            Optional<TopicSnapshot> snapshot = repaired(repair, admin, names(graph));
            if (snapshot.isEmpty()) {
                return;
            }
            if (!rightsAreChecked) {
                rightsAreChecked = true;
                PurgeRight.check(
                        admin,
                        name(),
                        graph.internal().stream()
                                .filter(GraphTopics::isRepartition)
                                .toList());
            }
            KafkaStreams live = whenResolved(() -> new KafkaStreams(application.topology(), settings));
            if (live != null) {
                topicsChanged = false;
                run(live, snapshot.get(), new TopicWatch(admin, snapshot.get()), repair);
                if (topicsChanged && stop.getCount() > 0) {
                    repair.leave(instance.value());
                }
            }
        }
    }

    private Set<String> names(GraphTopics graph) {
        Set<String> names = new TreeSet<>(definition.topics());
        names.addAll(graph.sources());
        names.addAll(graph.internal());
        return names;
    }

    /** The topics once the application can run on them; empty if they have to be looked at anew, from the beginning. */
    private Optional<TopicSnapshot> repaired(TopicRepair repair, Admin admin, Set<String> names)
            throws InterruptedException {
        try {
            TopicSnapshot snapshot = TopicSnapshot.ask(admin, names).get();
            if (repairingSince == 0) {
                repairingSince = System.nanoTime();
            }
            Optional<String> trouble = repair.repair(snapshot, Duration.ofNanos(System.nanoTime() - repairingSince));
            if (trouble.isEmpty()) {
                if (repair.makeMissing(snapshot)) {
                    snapshot = TopicSnapshot.ask(admin, names).get();
                }
                if (snapshot.topics().keySet().containsAll(names)) {
                    repairingSince = 0;
                    repair.remember(snapshot);
                    return Optional.of(snapshot);
                }
            } else {
                report(trouble.get());
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (Failures.isFatal(cause) && cause instanceof RuntimeException fatal) {
                throw fatal;
            }
            report(Failures.describeKafkas(cause));
        }
        backoff.failed();
        return Optional.empty();
    }

    private void run(KafkaStreams live, TopicSnapshot snapshot, TopicWatch watch, TopicRepair repair)
            throws InterruptedException {
        CountDownLatch crash = new CountDownLatch(1);
        live.setStateListener((now, before) -> changed(now, crash));
        live.setUncaughtExceptionHandler(this::threadFailed);
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(live, List.of(Tag.of(Metrics.STAGE, name())));
        metrics.bindTo(meters);
        long begun = System.nanoTime();
        try {
            if (isStarted(live)) {
                streams = live; // not before: a global store that is being restored would be asked too
                // It runs on threads of its own.
                while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && crash.getCount() > 0) {
                    Optional<Change> change = watch.change();
                    if (change.isPresent()) {
                        leave(change.get(), snapshot, repair);
                        break;
                    }
                }
            }
            if (System.nanoTime() - begun > CALM.toNanos()) {
                backoff.succeeded();
            }
            backoff.failed();
        } finally {
            close(live);
            streams = null;
            metrics.close();
        }
    }

    /** The application must start again with the topics as they are now. */
    private void leave(Change change, TopicSnapshot known, TopicRepair repair) throws InterruptedException {
        boolean isMissing =
                change.deleted().contains(change.topic()) && definition.topics().contains(change.topic());
        failure = change.text() + (isMissing ? "; run 'dallemini topics apply'" : "");
        log.info("{} starts again: {}", name(), failure);
        become(State.TROUBLED, failure);
        topicsChanged = true;
        backoff.succeeded(); // it ran until then
        repair.makeAgain(change.deleted(), known);
    }

    /** Returns when it is closed: until then it keeps its stores. A process that ends need not wait for that. */
    private void close(KafkaStreams live) {
        // A member with a name of its own does not leave the group unless told to.
        CloseOptions leaving = CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(definition.config().drainTimeout());
        boolean isClosed = live.close(leaving);
        while (!isClosed && stop.getCount() > 0) {
            isClosed = live.close(leaving);
        }
    }

    /**
     * Kafka Streams makes it too, but fails where another of its applications in this process, with the same name and
     * so the same folder, makes it at the same moment.
     */
    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ConfigException("The folder for local state cannot be made (" + e
                    + "): make room, or set state.dir to a folder that can be written to");
        }
    }

    /** A global store is restored before the call returns, so an outage can end it; that is no reason to give up. */
    private boolean isStarted(KafkaStreams live) {
        try {
            live.start();
            return true;
        } catch (StreamsException | IllegalStateException e) {
            if (stop.getCount() == 0) {
                return false; // interrupted
            }
            if (e instanceof IllegalStateException || Failures.isFatal(e)) {
                throw e;
            }
            failure = Failures.describe(e);
            report(failure);
            return false;
        }
    }

    private void changed(KafkaStreams.State now, CountDownLatch crash) {
        switch (now) {
            case RUNNING -> {
                failure = "";
                become(State.RUNNING, "");
                log.info("{} is running as {}", name(), instance.value());
            }
            case REBALANCING -> {
                if (condition.state() == State.RUNNING) {
                    become(State.TROUBLED, "sharing the partitions out anew");
                }
            }
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
                fail(e);
            } else {
                log.debug("A stream thread failed", e);
                topicsChanged |= Failures.inChain(e, cause -> cause instanceof MissingSourceTopicException);
                failure = Failures.describe(e);
                log.warn("{} starts again: {}", name(), failure);
                become(State.TROUBLED, failure);
            }
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void report(String trouble) {
        if (!trouble.equals(condition.detail())) {
            log.warn("{} waits: {}", name(), trouble);
            become(condition.state(), trouble);
        }
    }

    private void fail(Throwable e) {
        String failureReason = Failures.describe(e);
        become(State.FAILED, failureReason);
        if (Failures.isFatal(e)) {
            log.error("{} ends: {}", name(), failureReason);
        } else {
            log.error("{} ends by an unforeseen error: {}", name(), failureReason, e);
        }
        stop.countDown();
    }

    /** Several threads tell how they get on; whatever they say, a stage that has failed has failed. */
    private synchronized void become(State state, String detail) {
        if (condition.state() != State.FAILED) {
            if (state != State.RUNNING && condition.state() == State.RUNNING) {
                downSinceNanos = System.nanoTime();
            }
            condition = new Health(state, detail);
        }
    }

    /**
     * Why no record can be worked on, for people; empty if that is only for a moment, while partitions are shared out
     * anew for example. Thread-safe.
     */
    public synchronized Optional<String> obstacle() {
        Health now = health();
        return now.isReady() || now.isLive() && System.nanoTime() - downSinceNanos < MOMENT.toNanos()
                ? Optional.empty()
                : Optional.of(name() + ": " + (now.detail().isEmpty() ? now.state() : now.detail()));
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
            throw new InvalidStateStoreException(name() + " is not running: " + condition.detail());
        }
        try {
            return live.store(query);
        } catch (IllegalStateException e) { // it ends, or has crashed and will be started again
            throw new InvalidStateStoreException(name() + " is not running", e);
        }
    }

    @Override
    public Health health() {
        Health now = condition;
        if (now.isLive() && stop.getCount() == 0) {
            return new Health(State.STOPPING, "finishing what has begun");
        }
        if (now.isLive() && !registryRetry.trouble().isEmpty()) {
            // Even while starting: one partition's record can wait before the others are restored.
            return new Health(State.TROUBLED, registryRetry.trouble());
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
        registryRetry.end();
        stop.countDown();
        if (streams == null) {
            thread.interrupt(); // it may be asking a broker that does not answer
        }
        try {
            if (!awaitTermination(definition.config().drainTimeout().plus(CLOSE_TIMEOUT))) {
                thread.interrupt(); // a call to a broker that does not answer
                awaitTermination(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
