package org.dallemini.ingest.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.tracing.Tracing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a stage whose threads fail, with a real broker: a graph that counts words and knows names from a
 * global store, and does as the test says with each record.
 */
class StreamsStageIT {
    private static final Logger log = LoggerFactory.getLogger(StreamsStageIT.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String LONGER_THAN_PATIENCE_MS = "120000";
    private static final String COUNTS = "counts", NAMES = "names";

    @TempDir
    private static Path dir;

    private static EmbeddedKafka kafka;

    private final String prefix = "it" + UUID.randomUUID().toString().substring(0, 8) + ".";
    private final String words = prefix + "words", counted = prefix + "counted", names = prefix + "names";
    private StageConfig config;

    /** What befalls a record: an exception, or nothing. */
    private final Map<String, RuntimeException> faults = new ConcurrentHashMap<>();

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void createTopics() throws Exception {
        config = new StageConfig(
                StageConfig.definition(),
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "topic.prefix",
                        prefix,
                        "topic.replication",
                        "1",
                        "instance.dir",
                        dir.resolve("instances").toString()));
        try (Admin admin = Admin.create(config.admin())) {
            admin.createTopics(List.of(words, counted, names).stream()
                            .map(name -> new NewTopic(name, 2, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    /** Counts how often each word has come, and fails where a fault waits for the word, once. */
    private final class Counting extends ContextualProcessor<String, String, String, String> {
        @Override
        public void process(Record<String, String> record) {
            KeyValueStore<String, String> counts = context().getStateStore(COUNTS);
            String before = counts.get(record.value());
            String now = before == null ? "1" : Integer.toString(Integer.parseInt(before) + 1);
            counts.put(record.value(), now);
            context().forward(record.withKey(record.value()).withValue(now));
            failIfWanted(record.value());
        }
    }

    private final class Naming extends ContextualProcessor<String, String, Void, Void> {
        @Override
        public void process(Record<String, String> record) {
            failIfWanted(record.value());
            KeyValueStore<String, String> store = context().getStateStore(NAMES);
            store.put(record.key(), record.value());
        }
    }

    private void failIfWanted(String value) {
        RuntimeException fault = faults.remove(value);
        if (fault != null) {
            throw fault;
        }
    }

    private Topology topology() {
        return new Topology()
                .addSource(
                        AutoOffsetReset.earliest(), "words", new StringDeserializer(), new StringDeserializer(), words)
                .addProcessor("counting", Counting::new, "words")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(COUNTS), Serdes.String(), Serdes.String()),
                        "counting")
                .addSink("counted", counted, new StringSerializer(), new StringSerializer(), "counting")
                .addGlobalStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(NAMES), Serdes.String(), Serdes.String())
                                .withLoggingDisabled(),
                        "names",
                        new StringDeserializer(),
                        new StringDeserializer(),
                        names,
                        "naming",
                        Naming::new);
    }

    private StreamsStage start() {
        return start(Map.of());
    }

    private StreamsStage start(Map<String, Object> defaults) {
        StreamsStage stage = start(dir.resolve("state"), defaults, snapshot -> topology());
        await().atMost(TIMEOUT).until(() -> stage.health().isReady());
        return stage;
    }

    private StreamsStage start(
            Path stateDir, Map<String, Object> defaults, Function<TopicSnapshot, Topology> topology) {
        return StreamsStage.start(
                new StreamsDefinition(
                        config,
                        "counter",
                        prefix + "counter",
                        snapshot -> new StreamsGraph(topology.apply(snapshot), Map.of()),
                        List.of(words, counted, names),
                        List.of(),
                        false,
                        stateDir,
                        defaults,
                        new RegistryRetry(),
                        Tracing.OFF),
                new SimpleMeterRegistry());
    }

    private void publish(String topic, String key, String... values) throws Exception {
        try (var producer = new KafkaProducer<>(config.producer(), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, key, value)).get();
            }
        }
    }

    /** What readers of committed records see; the last is waited for. */
    private List<String> countedUpTo(String last) {
        List<String> found = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(config.consumer(), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(IntStream.range(0, 2)
                    .mapToObj(partition -> new TopicPartition(counted, partition))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            await().atMost(TIMEOUT).until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    found.add(record.key() + " " + record.value());
                }
                return found.contains(last);
            });
        }
        return found;
    }

    @Test
    void shouldStartAgainAtOnceAndLoseNothingWhereAThreadFails() throws Exception {
        StreamsStage stage = start();
        try {
            publish(words, "k", "red", "red");
            countedUpTo("red 2");

            // When
            faults.put("blue", new IllegalStateException("out of paint"));
            long start = System.nanoTime();
            publish(words, "k", "red", "blue", "red");
            await().atMost(TIMEOUT)
                    .until(() -> stage.health().state() == State.TROUBLED
                            && stage.health().detail().contains("out of paint"));

            // Then
            List<String> found = countedUpTo("red 4");
            log.info("counted on {} ms after the failure", (System.nanoTime() - start) / 1_000_000);
            assertThat(found).containsExactlyInAnyOrder("red 1", "red 2", "red 3", "blue 1", "red 4");
            await().atMost(TIMEOUT).until(() -> stage.health().isReady());
            assertThat(stage.health().detail()).isEmpty();
        } finally {
            stage.close();
        }
        assertThat(stage.health().state()).isEqualTo(State.STOPPED);
    }

    @Test
    void shouldStartAgainWhereTheThreadOfAGlobalStoreFails() throws Exception {
        StreamsStage stage = start();
        try {
            publish(names, "1", "one");
            await().atMost(TIMEOUT).until(() -> "one".equals(name(stage, "1")));

            // When
            faults.put("two", new IllegalStateException("no such name"));
            publish(names, "2", "two");
            await().atMost(TIMEOUT)
                    .until(() -> stage.health().state() == State.TROUBLED
                            && stage.health().detail().contains("no such name"));

            // Then
            await().atMost(TIMEOUT).until(() -> stage.health().isReady() && "two".equals(name(stage, "2")));
            assertThat(name(stage, "1")).isEqualTo("one");
            publish(words, "k", "red");
            assertThat(countedUpTo("red 1")).containsExactly("red 1");
        } finally {
            stage.close();
        }
    }

    private static @Nullable String name(StreamsStage stage, String key) {
        try {
            return stage.store(StoreQueryParameters.fromNameAndType(
                            NAMES, QueryableStoreTypes.<String, String>keyValueStore()))
                    .get(key);
        } catch (InvalidStateStoreException e) {
            return null; // it starts again
        }
    }

    @Test
    void shouldEndForGoodWhereOnlyAPersonCanHelp() throws Exception {
        // Given: a second thread, which has something to tell as well
        StreamsStage stage = start(Map.of(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2));
        try {
            // When
            faults.put("green", new ConfigException("no green any more"));
            publish(words, "k", "green");

            // Then
            assertThat(stage.awaitTermination(TIMEOUT)).isTrue();
            assertThat(stage.health().state()).isEqualTo(State.FAILED);
            assertThat(stage.health().detail()).contains("no green any more");
        } finally {
            stage.close();
        }
    }

    /** Two applications of a process have the same folder; only the first of both is left alone by Kafka Streams. */
    @Test
    void shouldHaveMadeItsFolderBeforeKafkaStreamsDoes() throws Exception {
        // Given
        Path stateDir = dir.resolve("not/yet/there");
        var madeBefore = new AtomicReference<List<Path>>();

        // When
        StreamsStage stage = start(stateDir, Map.of(), snapshot -> {
            try (Stream<Path> found = Files.walk(stateDir)) {
                madeBefore.set(found.map(stateDir::relativize)
                        .filter(path -> path.getNameCount() == 2)
                        .toList());
            } catch (IOException e) {
                madeBefore.set(List.of());
            }
            return topology();
        });

        // Then: a folder of the cluster, with one of the instance
        try {
            await().atMost(TIMEOUT).until(() -> stage.health().isReady());
            assertThat(madeBefore.get()).hasSize(1);
        } finally {
            stage.close();
        }
    }

    @Test
    void shouldEndWhereItsFolderCannotBeMade() throws Exception {
        StreamsStage stage = start(Files.createFile(dir.resolve("file")), Map.of(), snapshot -> topology());
        try {
            assertThat(stage.awaitTermination(TIMEOUT)).isTrue();
            assertThat(stage.health().state()).isEqualTo(State.FAILED);
            assertThat(stage.health().detail()).contains("file", "set state.dir");
        } finally {
            stage.close();
        }
    }
}
