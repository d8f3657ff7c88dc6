package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Lab.Bench;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/** The tests have topics of their own, and mostly wait. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = StageIT.SERVERS, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@Timeout(180)
class StageIT {
    /** Of the tests that stop a server: they run alone. */
    static final String SERVERS = "servers";

    @TempDir
    static Path dir;

    private static Lab lab;

    @BeforeAll
    static void startServers() {
        lab = new Lab(dir);
    }

    @AfterAll
    static void stopServers() {
        lab.close();
    }

    @Test
    void shouldTurnEachRecordOfBothLanesIntoOneResultWithItsHeaders() {
        try (Bench bench = lab.bench("once").createTopics().registerSchemas()) {
            // Given
            bench.publish(bench.topics.imageRequests(), "urgent", 0, 60, "a cat");
            bench.publish(bench.topics.bulkImageRequests(), "bulk", 0, 60, "a cat");

            // When
            bench.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));

            // Then
            var expected = new ArrayList<>(Lab.ids("urgent", 60));
            expected.addAll(Lab.ids("bulk", 60));
            assertThat(bench.results(120)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(bench.read(bench.topics.imageTokens(), 120)).allSatisfy(record -> {
                String id = new String(record.key(), UTF_8);
                byte i = Byte.parseByte(id.substring(id.indexOf('/') + 1));
                assertThat(record.headers()).extracting(Header::key).containsExactly("traceparent", "mine", "empty");
                assertThat(record.headers().lastHeader("mine").value()).containsExactly(0, i, -1);
                assertThat(record.headers().lastHeader("empty").value()).isNull();
            });
        }
    }

    @Test
    void shouldDeadLetterWhatCannotBeProcessedByteForByteAndSpareTheOthers() {
        try (Bench bench = lab.bench("poison").createTopics().registerSchemas()) {
            // Given
            String topic = bench.topics.imageRequests();
            byte[] key = {1, 2, 3};
            var headers =
                    new RecordHeaders().add("mine", new byte[] {9}).add("__streams.errors.message", new byte[] {1});
            bench.publish(topic, "good", 0, 20, "a cat");
            bench.publishRaw(topic, key, new byte[] {9, 9, 9}, headers);
            bench.publishRaw(topic, key, new byte[] {0, 0, 0, 99, 99, 1}, headers);
            bench.publishRaw(topic, key, null, headers);
            bench.publish(topic, "bad", 0, 1, "reject");
            bench.publish(topic, "good", 20, 40, "a cat");

            // When
            bench.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));

            // Then
            assertThat(bench.results(40)).containsExactlyInAnyOrderElementsOf(Lab.ids("good", 40));
            List<ConsumerRecord<byte[], byte[]>> letters = bench.read(Topics.deadLetters(topic), 4);
            assertThat(letters)
                    .extracting(letter -> header(letter, DeadLetters.CODE))
                    .containsExactlyInAnyOrder(
                            "undecodable-record", "undecodable-record", "undecodable-record", "text-too-long");
            assertThat(letters)
                    .filteredOn(letter -> Arrays.equals(letter.key(), key))
                    .hasSize(3);
            assertThat(letters)
                    .extracting(ConsumerRecord::value)
                    .contains(new byte[] {9, 9, 9}, new byte[] {0, 0, 0, 99, 99, 1}, null);
            assertThat(letters).allSatisfy(letter -> {
                assertThat(letter.headers().headers("mine")).hasSize(1);
                assertThat(letter.headers().headers(DeadLetters.MESSAGE)).hasSize(1);
                assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(topic);
                assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("token-generator");
                assertThat(header(letter, DeadLetters.ATTEMPTS)).isEqualTo("1");
            });
            ConsumerRecord<byte[], byte[]> rejected = letters.stream()
                    .filter(letter -> header(letter, DeadLetters.CODE).equals("text-too-long"))
                    .findFirst()
                    .orElseThrow();
            assertThat(header(rejected, DeadLetters.MESSAGE)).isEqualTo("The text is too long");
            assertThat(header(rejected, DeadLetters.EXCEPTION)).isEqualTo("java.lang.IllegalArgumentException");
        }
    }

    @Test
    void shouldDeadLetterAResultThatTheProducerOrTheBrokerFindsTooLarge() {
        try (Bench bench = lab.bench("large").createTopics().registerSchemas();
                Bench narrow = lab.bench("narrow", "producer.max.request.size", "1000000")
                        .createTopics()
                        .registerSchemas()) {
            // Given
            for (Bench each : List.of(bench, narrow)) {
                each.publish(each.topics.imageRequests(), "good", 0, 10, "a cat");
                each.publish(each.topics.imageRequests(), "bad", 0, 1, "large");
                each.publish(each.topics.imageRequests(), "good", 10, 20, "a cat");
            }

            // When
            bench.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));
            narrow.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));

            // Then
            for (Bench each : List.of(bench, narrow)) {
                assertThat(each.results(20)).containsExactlyInAnyOrderElementsOf(Lab.ids("good", 20));
                assertThat(each.read(Topics.deadLetters(each.topics.imageRequests()), 1))
                        .extracting(letter -> header(letter, DeadLetters.CODE))
                        .containsExactly("result-too-large");
            }
        }
    }

    @Test
    void shouldOutliveRecordsThatNoDeadLetterCanHold() throws Exception {
        try (Bench bench = lab.bench("bomb").createTopics().registerSchemas();
                Bench narrow = lab.bench("tight").createTopics().registerSchemas()) {
            // Given: a record that is small only while it is compressed, one of 10,000 headers, one of a large header
            var many = new RecordHeaders();
            for (int i = 0; i < 10_000; i++) {
                many.add("h" + i, new byte[20]);
            }
            var large = new RecordHeaders().add("large", new byte[900_000]);
            narrow.alter(Topics.deadLetters(narrow.topics.imageRequests()), "max.message.bytes", "20000");
            for (Bench each : List.of(bench, narrow)) {
                String topic = each.topics.imageRequests();
                each.publish(topic, "good", 0, 10, "a cat");
                each.publishCompressed(topic, new byte[13 << 20]);
                each.publishRaw(topic, new byte[] {1}, new byte[] {9}, many);
                each.publishRaw(topic, new byte[] {2}, new byte[] {9}, large);
                each.publish(topic, "good", 10, 20, "a cat");

                // When
                RunningStage stage = each.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));

                // Then
                assertThat(each.results(20)).containsExactlyInAnyOrderElementsOf(Lab.ids("good", 20));
                List<ConsumerRecord<byte[], byte[]>> letters = each.read(Topics.deadLetters(topic), 3);
                assertThat(letters).hasSize(3).allSatisfy(letter -> {
                    assertThat(header(letter, DeadLetters.CODE)).isEqualTo("undecodable-record");
                    assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(topic);
                });
                assertThat(letters)
                        .filteredOn(letter -> letter.headers().lastHeader(DeadLetters.OMITTED) != null)
                        .as("letters that only tell of their record")
                        .hasSize(each == bench ? 1 : 3)
                        .allSatisfy(letter -> assertThat(letter.value()).isNull());
                assertThat(stage.health().state()).isEqualTo(Health.State.RUNNING);
            }
        }
    }

    @Test
    void shouldShareTheWorkAndLoseNothingWhenAStageComesAndGoes() {
        try (Bench bench = lab.bench("share").createTopics().registerSchemas()) {
            // Given
            var first = new StepEngine(4, 20, Duration.ofMillis(2));
            bench.startAndAwait(first);
            bench.publish(bench.topics.imageRequests(), "urgent", 0, 150, "a cat");
            bench.publish(bench.topics.bulkImageRequests(), "bulk", 0, 150, "a cat");
            Awaitility.await().atMost(Lab.TIMEOUT).until(() -> first.started() > 20);

            // When
            var second = new StepEngine(4, 20, Duration.ofMillis(2));
            RunningStage leaving = bench.startAndAwait(second);
            Awaitility.await().atMost(Lab.TIMEOUT).until(() -> second.started() > 20);
            leaving.close();

            // Then
            var expected = new ArrayList<>(Lab.ids("urgent", 150));
            expected.addAll(Lab.ids("bulk", 150));
            assertThat(bench.results(300)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(leaving.health().state()).isEqualTo(Health.State.STOPPED);
            assertThat(first.started() + second.started())
                    .as("nothing begun is begun again elsewhere")
                    .isEqualTo(300);
        }
    }

    @Test
    @ResourceLock(SERVERS)
    void shouldWaitOutARegistryOutageWithoutLosingOrDeadLetteringAnything() {
        try (Bench bench = lab.bench("registry").createTopics().registerSchemas()) {
            // Given
            bench.publish(bench.topics.imageRequests(), "image", 0, 30, "a cat");
            int port = lab.stopRegistry();
            RunningStage stage;
            try {
                // When
                stage = bench.start(new StepEngine(4, 3, Duration.ofMillis(1)));

                // Then
                bench.awaitHealth(
                        stage,
                        health -> health.state() == Health.State.TROUBLED
                                && health.detail().contains("schema.registry.url"));
            } finally {
                lab.startRegistry(port);
            }
            assertThat(bench.results(30)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 30));
            bench.awaitHealth(stage, Health::isReady);
            assertNoDeadLetters(bench);
        }
    }

    @Test
    void shouldWaitUntilTheSchemaOfTheResultsIsRegistered() {
        try (Bench bench = lab.bench("unregistered").createTopics()) {
            // Given
            bench.settings.put("auto.register.schemas", "true");
            bench.publish(bench.topics.imageRequests(), "image", 0, 10, "a cat");
            bench.settings.put("auto.register.schemas", "false");

            // When
            RunningStage stage = bench.start(new StepEngine(4, 3, Duration.ofMillis(1)));
            bench.awaitHealth(stage, health -> health.state() == Health.State.TROUBLED);
            bench.settings.put("auto.register.schemas", "true");
            bench.registerSchemas();

            // Then
            assertThat(bench.results(10)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 10));
            bench.awaitHealth(stage, Health::isReady);
            assertNoDeadLetters(bench);
        }
    }

    @Test
    @ResourceLock(SERVERS)
    void shouldWaitOutABrokerOutage() {
        try (Bench bench = lab.bench("broker").createTopics().registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 20, Duration.ofMillis(5)));
            bench.publish(bench.topics.imageRequests(), "image", 0, 100, "a cat");
            bench.results(10);

            // When
            int port = lab.stopBroker();
            try {
                bench.awaitHealth(stage, health -> health.state() == Health.State.TROUBLED);
            } finally {
                lab.startBroker(port);
            }

            // Then
            assertThat(bench.results(100)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 100));
            bench.awaitHealth(stage, Health::isReady);
            assertNoDeadLetters(bench);
        }
    }

    @Test
    void shouldResumeAfterARestartWhereItStopped() {
        try (Bench bench = lab.bench("restart").createTopics().registerSchemas()) {
            // Given
            var before = new StepEngine(4, 20, Duration.ofMillis(2));
            RunningStage stage = bench.startAndAwait(before);
            bench.publish(bench.topics.imageRequests(), "image", 0, 100, "a cat");
            bench.results(20);

            // When
            stage.close();
            stage.close();
            var after = new StepEngine(4, 20, Duration.ofMillis(2));
            bench.startAndAwait(after);

            // Then
            assertThat(bench.results(100)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 100));
            assertThat(before.started() + after.started())
                    .as("what had begun was finished and committed before the stop")
                    .isEqualTo(100);
        }
    }

    @Test
    void shouldRecoverWhenItsProducerIsFenced() {
        try (Bench bench = lab.bench("fenced", StageConfig.INSTANCE_ID, "one")
                .createTopics()
                .registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 20, Duration.ofMillis(2)));
            bench.publish(bench.topics.imageRequests(), "image", 0, 100, "a cat");
            bench.results(10);

            // When
            try (var rival = new KafkaProducer<>(
                    bench.config().transactionalProducer("token-generator", "one"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                rival.initTransactions();
            }

            // Then
            assertThat(bench.results(100)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 100));
            bench.awaitHealth(stage, Health::isReady);
        }
    }

    /**
     * With {@code -Ddallemini.test.row.seconds=330} the timeouts are Kafka's and ours by default, all of which are
     * shorter; else they are lowered below the ten seconds that a row takes.
     */
    @Test
    @Timeout(1500)
    void shouldWorkOnRecordsThatTakeLongerThanEveryTimeout() {
        int seconds = Integer.getInteger("dallemini.test.row.seconds", 10);
        String[] lowered = seconds > 300
                ? new String[0]
                : new String[] {
                    StageConfig.TRANSACTION_TIMEOUT_MS,
                    "1000",
                    "consumer.session.timeout.ms",
                    "6000",
                    "consumer.heartbeat.interval.ms",
                    "1000",
                    "consumer.max.poll.interval.ms",
                    "6000",
                    "consumer.default.api.timeout.ms",
                    "3000",
                    "producer.max.block.ms",
                    "3000",
                    "producer.request.timeout.ms",
                    "3000"
                };
        try (Bench bench = lab.bench("slow", lowered).createTopics().registerSchemas()) {
            // Given: eight records in two batches of four
            var engine = new StepEngine(4, 10 * seconds, Duration.ofMillis(100));
            RunningStage stage = bench.startAndAwait(engine);

            // When
            bench.publish(bench.topics.imageRequests(), "image", 0, 8, "a cat");

            // Then
            Awaitility.await()
                    .atMost(Duration.ofSeconds(3L * seconds).plus(Lab.TIMEOUT))
                    .until(() ->
                            bench.count(bench.topics.imageTokens()) > 8); // the first four have four markers at most
            assertThat(bench.results(8)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 8));
            assertThat(engine.started()).as("none was begun twice").isEqualTo(8);
            assertThat(stage.health()).matches(Health::isReady);
            assertNoDeadLetters(bench);
        }
    }

    @Test
    void shouldEndClearlyWhenAnotherProcessTakesItsName() throws InterruptedException {
        try (Bench bench =
                lab.bench("name", StageConfig.INSTANCE_ID, "one").createTopics().registerSchemas()) {
            // Given
            RunningStage older = bench.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));
            bench.publish(bench.topics.imageRequests(), "image", 0, 30, "a cat");
            bench.results(30);

            // When
            RunningStage newer = bench.startAndAwait(new StepEngine(4, 3, Duration.ofMillis(1)));

            // Then
            assertThat(older.awaitTermination(Lab.TIMEOUT)).isTrue();
            assertThat(older.health().state()).isEqualTo(Health.State.FAILED);
            assertThat(older.health().detail()).contains("instance.id one");
            bench.publish(bench.topics.imageRequests(), "image", 30, 40, "a cat");
            assertThat(bench.results(40)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 40));
            assertThat(newer.health().isReady()).isTrue();
        }
    }

    @Test
    void shouldWaitForMissingTopicsAndSayWhich() {
        try (Bench bench = lab.bench("missing").registerSchemas()) {
            // Given
            RunningStage stage = bench.start(new StepEngine(4, 3, Duration.ofMillis(1)));
            bench.awaitHealth(stage, health -> health.detail().contains("missing.image-tokens"));
            assertThat(stage.health().state()).isEqualTo(Health.State.STARTING);
            assertThat(stage.health().detail()).contains("dallemini topics apply");

            // When
            bench.createTopics();
            bench.publish(bench.topics.imageRequests(), "image", 0, 10, "a cat");

            // Then
            bench.awaitHealth(stage, Health::isReady);
            assertThat(bench.results(10)).hasSize(10);
        }
    }

    @Test
    void shouldWorkWithTheConsumerProtocol() {
        try (Bench bench = lab.bench("kip848", "consumer.group.protocol", "consumer")
                .createTopics()
                .registerSchemas()) {
            // Given
            bench.startAndAwait(new StepEngine(4, 20, Duration.ofMillis(2)));
            bench.publish(bench.topics.imageRequests(), "image", 0, 150, "a cat");
            bench.results(20);

            // When
            RunningStage leaving = bench.startAndAwait(new StepEngine(4, 20, Duration.ofMillis(2)));
            bench.results(80);
            leaving.close();

            // Then
            assertThat(bench.results(150)).containsExactlyInAnyOrderElementsOf(Lab.ids("image", 150));
        }
    }

    @Test
    void shouldCloseInTimeWhereverItIs() {
        try (Bench bench = lab.bench("close", StageConfig.DRAIN_TIMEOUT_MS, "1000")
                .createTopics()
                .registerSchemas()) {
            // Given
            RunningStage starting = bench.start(new StepEngine(4, 3, Duration.ofMillis(1)));
            RunningStage working = bench.startAndAwait(new StepEngine(1, 1000, Duration.ofSeconds(1)));
            bench.publish(bench.topics.imageRequests(), "image", 0, 10, "a cat");
            var unreachable = Map.copyOf(bench.settings);
            bench.settings.put(StageConfig.BOOTSTRAP_SERVERS, "127.0.0.1:1");
            RunningStage lost = bench.start(new StepEngine(4, 3, Duration.ofMillis(1)));
            bench.settings.putAll(unreachable);

            // When
            long start = System.nanoTime();
            starting.close();
            lost.close();
            working.close();

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            assertThat(List.of(starting, lost, working))
                    .allSatisfy(stage -> assertThat(stage.health().state()).isEqualTo(Health.State.STOPPED));
        }
    }

    private static void assertNoDeadLetters(Bench bench) {
        assertThat(bench.read(Topics.deadLetters(bench.topics.imageRequests()), 0))
                .isEmpty();
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
