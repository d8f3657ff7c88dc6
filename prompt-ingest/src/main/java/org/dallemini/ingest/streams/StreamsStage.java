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
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.dallemini.ingest.streams.KafkaReadiness.Result.NotReady;
import org.dallemini.ingest.streams.KafkaReadiness.Result.Ready;
import org.dallemini.ingest.streams.TopicWatch.Change;
import org.dallemini.stage.Backoff;
import org.dallemini.stage.Durability;
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
    private static final Duration STABLE = Duration.ofMinutes(1);

    private final StreamsDefinition definition;
    private final InstanceId instance;
    private final MeterRegistry meters;
    private final Gauge ready;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Backoff backoff = new Backoff();
    private final KafkaPulse pulse;
    private final StreamsHealth health;
    private final Thread thread;
    private volatile @Nullable KafkaStreams streams;
    /** Of the stage's own thread alone, as is the next. */
    private boolean isFirstLookDone;

    /** Since when the topics have not been as they should; 0 if they are. */
    private long repairingSince;

    private StreamsStage(StreamsDefinition definition, InstanceId instance, MeterRegistry meters) {
        this.definition = definition;
        this.instance = instance;
        this.meters = meters;
        this.pulse = new KafkaPulse(definition.config().getList(StageConfig.BOOTSTRAP_SERVERS));
        this.health = new StreamsHealth(definition.name());
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
        try {
            // Wrong settings are reported here rather than by the thread.
            new StreamsSettings(definition).of("instance", "cluster");
            InstanceId instance = InstanceId.acquire(definition.config(), definition.name());
            StreamsStage stage = new StreamsStage(definition, instance, meters);
            stage.thread.start();
            return stage;
        } catch (RuntimeException e) {
            definition.tracing().close();
            throw e;
        }
    }

    private void run() {
        try {
            while (stop.getCount() > 0) {
                try (Admin admin = whenResolved(() -> KafkaClients.admin(definition.config()))) {
                    Ready kafka = admin == null ? null : awaitKafka(admin);
                    if (admin != null && kafka != null) {
                        runStreams(admin, kafka);
                    }
                }
            }
            health.stopped();
        } catch (InterruptedException | InterruptException e) {
            health.stopped();
        } catch (RuntimeException | Error e) {
            health.failed(e);
            stop.countDown();
        } finally {
            meters.remove(ready);
            Utils.closeQuietly(definition.tracing(), "tracing");
            Utils.closeQuietly(instance, "instance id");
            ended.countDown();
        }
    }

    /** The cluster once it has all topics, or null if asked to stop before. */
    private @Nullable Ready awaitKafka(Admin admin) throws InterruptedException {
        KafkaReadiness kafka = new KafkaReadiness(admin, definition.topics(), definition.internal());
        while (!stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
            KafkaReadiness.Result found = kafka.look();
            if (found instanceof Ready cluster) {
                health.waitingNoMore();
                return cluster;
            }
            health.waiting(((NotReady) found).detail());
            backoff.failed();
        }
        return null;
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
                health.waiting(trouble);
                backoff.failed();
                stop.await(backoff.remaining().toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    private void runStreams(Admin admin, Ready kafka) throws InterruptedException {
        StreamsSettings streamsSettings = new StreamsSettings(definition);
        Properties settings = streamsSettings.of(instance.value(), kafka.clusterId());
        Path folder = streamsSettings.folder(instance.value(), kafka.clusterId());
        makeFolder(folder);
        StreamsGraph application = definition.graph().apply(kafka.snapshot());
        GraphTopics graph = GraphTopics.of(application, definition.applicationId());
        TopicRepair repair = new TopicRepair(definition, admin, graph, folder);
        Optional<TopicSnapshot> topics = repaired(repair, admin, names(graph));
        if (topics.isEmpty()) {
            return;
        }
        if (!isFirstLookDone) {
            isFirstLookDone = true;
            new Durability(definition.config())
                    .tell(admin, name(), topics.get().topics().keySet());
            PurgeRight.check(
                    admin,
                    name(),
                    graph.internal().stream().filter(GraphTopics::isRepartition).toList());
        }
        KafkaStreams live = whenResolved(() -> new KafkaStreams(application.topology(), settings));
        if (live != null) {
            boolean topicsChanged = run(live, new TopicWatch(admin, topics.get()), repair);
            if (topicsChanged && stop.getCount() > 0) {
                repair.leaveGroup(instance.value());
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
            TopicSnapshot topics = TopicSnapshot.ask(admin, names).get();
            if (repairingSince == 0) {
                repairingSince = System.nanoTime();
            }
            Optional<String> obstacle = repair.repair(topics, Duration.ofNanos(System.nanoTime() - repairingSince));
            if (obstacle.isEmpty()) {
                if (repair.makeMissing(topics)) {
                    topics = TopicSnapshot.ask(admin, names).get();
                }
                if (topics.topics().keySet().containsAll(names)) {
                    repairingSince = 0;
                    repair.remember(topics);
                    return Optional.of(topics);
                }
            }
            obstacle.ifPresent(health::waiting);
        } catch (ExecutionException e) {
            health.waiting(KafkaReadiness.describe(e));
        }
        backoff.failed();
        return Optional.empty();
    }

    /** @return whether the application has ended because its topics have changed */
    private boolean run(KafkaStreams live, TopicWatch watch, TopicRepair repair) throws InterruptedException {
        StreamsRun run = new StreamsRun(live, name(), instance.value(), health, stop);
        KafkaStreamsMetrics metrics = new KafkaStreamsMetrics(live, List.of(Tag.of(Metrics.STAGE, name())));
        metrics.bindTo(meters);
        long begun = System.nanoTime();
        Optional<Change> change = Optional.empty();
        try {
            if (run.start()) {
                streams = live; // not before: a global store that is being restored would be asked too
                change = run.await(watch);
            }
            if (change.isPresent()) {
                startAgain(change.get(), watch.known(), repair);
            }
            if (change.isPresent() || System.nanoTime() - begun > STABLE.toNanos()) {
                backoff.succeeded();
            }
            backoff.failed();
        } finally {
            run.close(definition.config().drainTimeout());
            streams = null;
            metrics.close();
        }
        return change.isPresent() || run.isSourceMissing();
    }

    /** The application must start again with the topics as they are now. */
    private void startAgain(Change change, TopicSnapshot known, TopicRepair repair) throws InterruptedException {
        boolean isMissing =
                change.deleted().contains(change.topic()) && definition.topics().contains(change.topic());
        String reason = change.text() + (isMissing ? "; run 'dallemini topics apply'" : "");
        log.info("{} starts again: {}", name(), reason);
        health.restarting(reason);
        repair.makeAgain(change.deleted(), known);
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

    /**
     * Why no record can be worked on, for people; empty if that is only for a moment, while partitions are shared out
     * anew for example. Thread-safe.
     */
    public Optional<String> obstacle() {
        Health now = health();
        return now.isReady() || now.isLive() && !health.isDownForLong()
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
            throw new InvalidStateStoreException(
                    name() + " is not running: " + health.get().detail());
        }
        try {
            return live.store(query);
        } catch (IllegalStateException e) { // it ends, or has crashed and will be started again
            throw new InvalidStateStoreException(name() + " is not running", e);
        }
    }

    @Override
    public Health health() {
        Health now = health.get();
        if (now.isLive() && stop.getCount() == 0) {
            return new Health(State.STOPPING, "finishing what has begun");
        }
        String registry = definition.registryRetry().trouble();
        if (now.isLive() && !registry.isEmpty()) {
            // Even while starting: one partition's record can wait before the others are restored.
            return new Health(State.TROUBLED, registry);
        }
        KafkaStreams live = streams;
        String silence = now.isReady() && live != null ? pulse.trouble(live.metrics()) : "";
        return silence.isEmpty() ? now : new Health(State.TROUBLED, silence);
    }

    @Override
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        definition.registryRetry().end();
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
