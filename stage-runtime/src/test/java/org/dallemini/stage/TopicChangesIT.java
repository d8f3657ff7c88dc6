package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.Lab.Bench;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * What administrators do to topics while a stage runs or is down; the rows of the table in docs/operations.md. The
 * tests have topics of their own, and mostly wait.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(240)
class TopicChangesIT {
    @TempDir
    static Path dir;

    private static Lab lab;

    /** How long a call of the producer's waits for a topic that is gone. */
    private static final String[] SHORT_CALLS = {"producer.max.block.ms", "2000"};

    private final ListAppender<ILoggingEvent> printed = new ListAppender<>();

    @BeforeAll
    static void startServers() {
        lab = new Lab(dir);
    }

    @AfterAll
    static void stopServers() {
        lab.close();
    }

    @BeforeEach
    void listen() {
        printed.start();
        logger().addAppender(printed);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(printed);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(BatchLoop.class);
    }

    private static StepEngine quick() {
        return new StepEngine(4, 1, Duration.ofMillis(1));
    }

    @Test
    void shouldReadPartitionsThatAreAddedAndWriteToThem() throws Exception {
        try (Bench bench = lab.bench("more").createTopics().registerSchemas()) {
            // Given
            bench.startAndAwait(quick());
            bench.publishTo(bench.topics.imageRequests(), 3, "before", 0, 30);
            bench.results(30);

            // When
            bench.raisePartitions(bench.topics.imageRequests(), 5);
            bench.raisePartitions(bench.topics.imageTokens(), 4);
            await().until(() ->
                    bench.ends(List.of(bench.topics.imageRequests())).size() == 5);
            bench.publishTo(bench.topics.imageRequests(), 5, "after", 0, 50);

            // Then
            var expected = new ArrayList<>(Lab.ids("before", 30));
            expected.addAll(Lab.ids("after", 50));
            assertThat(bench.results(80)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** @param records of the new topic, where the old one had 60 */
    @ParameterizedTest
    @CsvSource({"classic, 6", "classic, 60", "classic, 150", "consumer, 6", "consumer, 150"})
    void shouldReadATopicThatIsMadeAnewWhileItRunsFromItsBeginning(String protocol, int records) throws Exception {
        try (Bench bench = lab.bench("anew-" + protocol + records, "consumer.group.protocol", protocol)
                .createTopics()
                .registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(quick());
            String topic = bench.topics.imageRequests();
            bench.publishTo(topic, 3, "old", 0, 60);
            bench.results(60);
            awaitCommitted(bench, topic, 60);

            // When
            bench.delete(topic);
            bench.createTopics();
            bench.publishTo(topic, 3, "new", 0, records);

            // Then
            assertThat(distinct(bench, "new", records)).containsExactlyInAnyOrderElementsOf(Lab.ids("new", records));
            bench.awaitHealth(stage, Health::isReady);
            awaitCommitted(bench, topic, records);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 60, 150})
    void shouldReadATopicThatWasMadeAnewWhileItWasDownFromItsBeginning(int records) throws Exception {
        try (Bench bench = lab.bench("down" + records).createTopics().registerSchemas()) {
            // Given
            String topic = bench.topics.imageRequests();
            RunningStage stage = bench.startAndAwait(quick());
            bench.publishTo(topic, 3, "old", 0, 60);
            bench.results(60);
            stage.close();

            // When
            bench.delete(topic);
            bench.createTopics();
            bench.publishTo(topic, 3, "new", 0, records);
            bench.startAndAwait(quick());

            // Then
            assertThat(bench.results(60 + records))
                    .filteredOn(id -> id.startsWith("new"))
                    .containsExactlyInAnyOrderElementsOf(Lab.ids("new", records));
        }
    }

    @Test
    void shouldNotTakeTheOffsetsOfATopicForThoseOfAnotherOfItsName() throws Exception {
        try (Bench bench = lab.bench("stale").createTopics().registerSchemas()) {
            // Given: a commit of the old topic that reached Kafka after the new one was there
            String topic = bench.topics.imageRequests();
            RunningStage stage = bench.startAndAwait(quick());
            bench.publishTo(topic, 3, "old", 0, 60);
            bench.results(60);
            stage.close();
            var offsets = bench.commits();
            bench.delete(topic);
            bench.createTopics();
            bench.publishTo(topic, 3, "new", 0, 90);
            bench.commit(offsets);

            // When
            bench.startAndAwait(quick());

            // Then
            assertThat(bench.results(150))
                    .filteredOn(id -> id.startsWith("new"))
                    .containsExactlyInAnyOrderElementsOf(Lab.ids("new", 90));
        }
    }

    @Test
    void shouldBeginWhereAnOperatorHasSetTheOffsetUnlessThereIsNothing() throws Exception {
        try (Bench bench = lab.bench("operator").createTopics().registerSchemas()) {
            // Given: ten records each on two partitions
            String topic = bench.topics.imageRequests();
            bench.publishTo(topic, 2, "image", 0, 20);
            bench.commit(Map.of(
                    new TopicPartition(topic, 0), new OffsetAndMetadata(7),
                    new TopicPartition(topic, 1), new OffsetAndMetadata(1000)));

            // When
            bench.startAndAwait(quick());

            // Then
            var expected = new ArrayList<>(List.of("image/14", "image/16", "image/18"));
            Lab.ids("image", 20).stream()
                    .filter(id -> Integer.parseInt(id.substring(6)) % 2 == 1)
                    .forEach(expected::add);
            assertThat(bench.results(13)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(warnings(topic))
                    .singleElement()
                    .asString()
                    .contains(topic + "-1 ends at offset 10, though it was read up to 1000");
        }
    }

    @Test
    void shouldWaitForAnInputTopicThatIsGoneAndWorkOnTheOtherMeanwhile() throws Exception {
        try (Bench bench = lab.bench("gone", SHORT_CALLS).createTopics().registerSchemas()) {
            // Given: work in hand of a topic that goes
            RunningStage stage = bench.startAndAwait(new StepEngine(4, 200, Duration.ofMillis(5)));
            String topic = bench.topics.imageRequests();
            bench.publishTo(topic, 3, "old", 0, 30);
            bench.results(4);

            // When
            bench.delete(topic);
            bench.awaitHealth(stage, health -> health.detail()
                    .contains("topic " + topic + " does not exist: run 'dallemini topics apply'"));
            bench.publishTo(bench.topics.bulkImageRequests(), 3, "bulk", 0, 8);

            // Then
            assertThat(distinct(bench, "bulk", 8)).hasSize(8);
            bench.createTopics();
            bench.publishTo(topic, 3, "new", 0, 9);
            assertThat(distinct(bench, "new", 9)).hasSize(9);
            bench.awaitHealth(stage, Health::isReady);
        }
    }

    @Test
    void shouldGoOnBehindWhatRetentionDeletedWhileItWasDown() throws Exception {
        try (Bench bench = lab.bench("retention").createTopics().registerSchemas()) {
            // Given
            String topic = bench.topics.imageRequests();
            RunningStage stage = bench.startAndAwait(quick());
            await().atMost(Lab.TIMEOUT).until(() -> bench.committed().containsKey(new TopicPartition(topic, 0)));
            stage.close();
            bench.publishTo(topic, 1, "image", 0, 400);

            // When
            bench.deleteRecords(new TopicPartition(topic, 0), 390);
            bench.startAndAwait(quick());

            // Then
            assertThat(bench.results(10))
                    .containsExactlyInAnyOrderElementsOf(Lab.ids("image", 400).subList(390, 400));
            assertThat(warnings(topic)).hasSize(1).allSatisfy(line -> assertThat(line)
                    .contains(topic + "-0 the offsets 0 to 389 were deleted")
                    .contains("up to 390 records"));
        }
    }

    @Test
    void shouldGoOnBehindWhatRetentionDeletesWhileItWorks() throws Exception {
        try (Bench bench = lab.bench("overtaken", "consumer.max.partition.fetch.bytes", "2000")
                .createTopics()
                .registerSchemas()) {
            // Given
            String topic = bench.topics.imageRequests();
            var engine = new StepEngine(4, 20, Duration.ofMillis(10));
            bench.startAndAwait(engine);
            bench.settings.remove("consumer.max.partition.fetch.bytes"); // which keeps the stage from reading ahead
            bench.publishTo(topic, 1, "image", 0, 400);
            await().until(() -> engine.started() >= 8);

            // When
            bench.deleteRecords(new TopicPartition(topic, 0), 390);

            // Then: what is in hand is finished, and nothing is done twice
            List<String> left = Lab.ids("image", 400).subList(390, 400);
            await().atMost(Lab.TIMEOUT).until(() -> bench.results(0).containsAll(left));
            assertThat(bench.results(14)).doesNotHaveDuplicates();
            assertThat(warnings(topic)).hasSize(1).allSatisfy(line -> assertThat(line)
                    .contains("to 389 were deleted before they were read"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"output", "letters"})
    void shouldWaitForATopicItWritesToUntilItIsThereAgain(String which) throws Exception {
        try (Bench bench =
                lab.bench("written-" + which, SHORT_CALLS).createTopics().registerSchemas()) {
            // Given
            RunningStage stage = bench.startAndAwait(quick());
            String input = bench.topics.imageRequests();
            String topic = which.equals("output") ? bench.topics.imageTokens() : Topics.deadLetters(input);
            bench.publish(input, "before", 0, 10, "a cat");
            bench.publish(input, "bad", 0, 1, "reject");
            bench.results(10);
            bench.read(Topics.deadLetters(input), 1);

            // When
            bench.delete(topic);
            bench.publish(input, "after", 0, 10, "a cat");
            bench.publish(input, "bad", 1, 2, "reject");
            bench.awaitHealth(
                    stage,
                    health -> health.state() == Health.State.TROUBLED
                            && health.detail()
                                    .contains("topic " + topic + " does not exist: run 'dallemini topics apply'"));
            bench.createTopics();

            // Then
            assertThat(distinct(bench, "after", 10)).hasSize(10);
            assertThat(bench.read(Topics.deadLetters(input), which.equals("output") ? 2 : 1))
                    .anySatisfy(letter -> assertThat(letter.key()).isEqualTo("bad/1".getBytes(UTF_8)));
            bench.awaitHealth(stage, Health::isReady);
        }
    }

    @Test
    void shouldWaitUntilTheDeadLetterTopicTakesTheSmallestLetterAgain() throws Exception {
        try (Bench bench = lab.bench("lowered").createTopics().registerSchemas()) {
            // Given
            String input = bench.topics.imageRequests();
            bench.alter(Topics.deadLetters(input), "max.message.bytes", "200"); // a marker of a transaction fits
            RunningStage stage = bench.startAndAwait(quick());

            // When
            bench.publish(input, "bad", 0, 1, "reject");
            bench.publish(input, "good", 0, 10, "a cat");

            // Then
            bench.awaitHealth(
                    stage,
                    health -> health.state() == Health.State.TROUBLED
                            && health.detail()
                                    .contains("raise max.message.bytes of the topic " + Topics.deadLetters(input)));
            bench.alter(Topics.deadLetters(input), "max.message.bytes", "100000");
            assertThat(bench.read(Topics.deadLetters(input), 1)).hasSize(1);
            assertThat(bench.results(10)).hasSize(10);
            bench.awaitHealth(stage, Health::isReady);
        }
    }

    private List<String> warnings(String topic) {
        return printed.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(topic))
                .toList();
    }

    /** The ids with this beginning among the results, as soon as there are so many different ones. */
    private static List<String> distinct(Bench bench, String beginning, int count) {
        var found = new ArrayList<String>();
        await().atMost(Lab.TIMEOUT).until(() -> {
            found.clear();
            bench.results(0).stream()
                    .filter(id -> id.startsWith(beginning))
                    .distinct()
                    .forEach(found::add);
            return found.size() >= count;
        });
        return found;
    }

    /**
     * Waits until all that a topic without markers holds is committed: a publisher that met the topic's deletion may
     * have written a record twice.
     */
    private static void awaitCommitted(Bench bench, String topic, long count) {
        await().atMost(Lab.TIMEOUT).untilAsserted(() -> {
            Map<TopicPartition, Long> ends = new HashMap<>(bench.ends(List.of(topic)));
            Map<TopicPartition, Long> committed = new HashMap<>(bench.committed());
            committed.keySet().retainAll(ends.keySet());
            ends.values().removeIf(end -> end == 0);
            assertThat(committed).containsAllEntriesOf(ends);
            assertThat(ends.values().stream().mapToLong(Long::longValue).sum()).isGreaterThanOrEqualTo(count);
        });
    }
}
