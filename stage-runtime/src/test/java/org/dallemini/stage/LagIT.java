package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.dallemini.stage.Lab.Bench;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What autoscalers and people read of the backlog: consumer lag, by an admin client of their own, and the gauge. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class LagIT {
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
    void shouldShowNoLagOnAnyPartitionWhenIdleHoweverManyMarkersThereAre() throws Exception {
        try (Bench bench = lab.bench("lag").createTopics().registerSchemas()) {
            // Given
            bench.startAndAwait(new StepEngine(4, 1, Duration.ofMillis(1)));
            awaitNoLag(bench); // also where there has never been a record

            // When: transactions of a record each, and some that were given up
            publishEachInATransaction(bench, 30);

            // Then
            bench.results(21);
            Map<TopicPartition, Long> settled = awaitNoLag(bench);
            Awaitility.await("no commits of commits")
                    .during(Duration.ofSeconds(2))
                    .atMost(Lab.TIMEOUT)
                    .until(() -> bench.committed().equals(settled));
        }
    }

    @Test
    void shouldNotShowLagForWhatIsPutOnTopicsBetweenTwoRuns() throws Exception {
        try (Bench bench = lab.bench("between").createTopics().registerSchemas()) {
            // Given
            bench.startAndAwait(new StepEngine(4, 1, Duration.ofMillis(1))).close();

            // When: nothing but markers
            try (var producer = transactional(bench)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(bench.topics.imageRequests(), 0, null, new byte[1]))
                        .get();
                producer.abortTransaction();
            }
            bench.startAndAwait(new StepEngine(4, 1, Duration.ofMillis(1)));

            // Then
            awaitNoLag(bench);
        }
    }

    @Test
    void shouldCountTheRecordsThatWaitExactlyAndOverAllProcesses() throws Exception {
        try (Bench bench = lab.bench("backlog").createTopics().registerSchemas()) {
            // Given: an engine that draws two at a time, for ever
            var first = new SimpleMeterRegistry();
            var second = new SimpleMeterRegistry();
            RunningStage leaving =
                    bench.start(new StepEngine(2, 1_000_000, Duration.ofMillis(1)), bench.config(), first);
            bench.awaitHealth(leaving, Health::isReady);
            awaitBacklog(bench, 0, 0, first);

            // When
            publishEachInATransaction(bench, 30);
            bench.publish(bench.topics.bulkImageRequests(), "bulk", 0, 300, "a cat");

            // Then: 21 of the thirty were not given up
            awaitBacklog(bench, 21, 300, first);

            // When another process takes its share
            RunningStage other = bench.start(new StepEngine(2, 1, Duration.ofMillis(1)), bench.config(), second);
            bench.awaitHealth(other, Health::isReady);

            // Then
            Awaitility.await().atMost(Lab.TIMEOUT).until(() -> backlog(bench.topics.bulkImageRequests(), first) < 300);
            int done = bench.results(100).size();
            Awaitility.await().atMost(Lab.TIMEOUT).untilAsserted(() -> assertThat(
                            backlog(bench.topics.imageRequests(), first, second)
                                    + backlog(bench.topics.bulkImageRequests(), first, second))
                    .isEqualTo(
                            321 - bench.read(bench.topics.imageTokens(), done).size()));

            // When it is alone with all
            leaving.close();

            // Then
            bench.results(321);
            awaitBacklog(bench, 0, 0, second);
        }
    }

    private static void awaitBacklog(Bench bench, int urgent, int bulk, MeterRegistry meters) {
        Awaitility.await().atMost(Lab.TIMEOUT).untilAsserted(() -> {
            assertThat(backlog(bench.topics.imageRequests(), meters)).isEqualTo(urgent);
            assertThat(backlog(bench.topics.bulkImageRequests(), meters)).isEqualTo(bulk);
        });
    }

    private static double backlog(String topic, MeterRegistry... processes) {
        return Stream.of(processes)
                .mapToDouble(meters -> meters.get(Metrics.BACKLOG_ITEMS)
                        .tag(Metrics.TOPIC, topic)
                        .gauge()
                        .value())
                .sum();
    }

    /** Of every partition of every input; the committed offsets once there is none. */
    private static Map<TopicPartition, Long> awaitNoLag(Bench bench) throws Exception {
        Collection<String> inputs = List.of(bench.topics.imageRequests(), bench.topics.bulkImageRequests());
        Awaitility.await().atMost(Lab.TIMEOUT).untilAsserted(() -> assertThat(bench.committed())
                .isEqualTo(bench.ends(inputs)));
        return bench.committed();
    }

    /** The last three of each nine are aborted. */
    private static void publishEachInATransaction(Bench bench, int count) {
        String topic = bench.topics.imageRequests();
        try (var producer = transactional(bench)) {
            producer.initTransactions();
            for (int i = 0; i < count; i++) {
                var request = Lab.request("each/" + i, "a cat");
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, i % 3, null, bench.serialized(topic, request)));
                producer.flush();
                if (i / 3 % 3 == 2) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> transactional(Bench bench) {
        Map<String, Object> settings = bench.config().producer();
        settings.put("transactional.id", bench.topics.prefix() + "publisher");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
