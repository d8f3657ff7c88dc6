package org.dallemini.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.dallemini.prompt.testing.Prompts.prompt;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.intake.IntakeTopology;
import org.dallemini.ingest.intake.SeenPrompts;
import org.dallemini.ingest.jobs.JobTracker;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.streams.StreamsStage;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.topics.TopicPlan;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an administrator does to topics, under the intake and the job tracker, with a real broker and registry. The
 * tests have topics and folders of their own, and mostly wait.
 */
@Execution(ExecutionMode.CONCURRENT)
class TopicChangesIT extends WithServers {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final Set<String> published = new TreeSet<>();
    private final List<ConsumerRecord<String, byte[]>> requests = new ArrayList<>();
    private PromptIngestConfig config;
    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<String, byte[]> consumer;
    private Serializer<PromptRequest> serializer;
    private Deserializer<ImageRequest> deserializer;
    private StreamsStage intake;
    private JobTracker tracker;

    @BeforeEach
    void connect() {
        config = new PromptIngestConfig(servers.settings(prefix));
        Servers.createTopicsAndSchemas(config.stage());
        serializer = EventSerdes.serializer(config.stage().serde());
        deserializer =
                EventSerdes.deserializer(ImageRequest.class, config.stage().serde());
        admin = Admin.create(config.stage().admin());
        Map<String, Object> publishing = config.stage().producer();
        // One that numbers its records tries for minutes to go on with its numbers in a topic that was made anew.
        publishing.put("enable.idempotence", false);
        producer = new KafkaProducer<>(publishing, new ByteArraySerializer(), new ByteArraySerializer());
        consumer =
                new KafkaConsumer<>(config.stage().consumer(), new StringDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions(topics.imageRequests(), 2));
        consumer.seekToBeginning(consumer.assignment());
        start();
    }

    @AfterEach
    void disconnect() {
        stop();
        producer.close();
        consumer.close();
        admin.close();
    }

    private void start() {
        intake = PromptIngest.start(config, new SimpleMeterRegistry());
        tracker = JobTracker.start(config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry());
        awaitReady();
    }

    private void awaitReady() {
        await().atMost(TIMEOUT)
                .until(() ->
                        intake.health().isReady() && tracker.stage().health().isReady());
    }

    private void stop() {
        tracker.stage().close();
        intake.close();
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private String send(String id, @Nullable Integer partition, String text) throws Exception {
        byte[] value =
                serializer.serialize(topics.prompts(), prompt(text).setId(id).build());
        producer.send(new ProducerRecord<>(topics.prompts(), partition, id.getBytes(UTF_8), value))
                .get();
        return id;
    }

    /** Some prompts that have not been there before. */
    private void publish(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            published.add(send("p-" + published.size(), null, "a cat"));
        }
    }

    /** All that was published is asked for, once each, and known as a job. */
    private void awaitAll() {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            readRequests();
            assertThat(requests.stream().map(ConsumerRecord::key).collect(Collectors.toSet()))
                    .containsAll(published.stream().map(id -> id + "/0").toList());
        });
        await().atMost(TIMEOUT).ignoreException(JobsUnavailableException.class).untilAsserted(() -> assertThat(
                        published)
                .allSatisfy(id -> assertThat(tracker.jobs().find(id)).as(id).isPresent()));
        assertThat(requests).extracting(ConsumerRecord::key).doesNotHaveDuplicates();
    }

    private void readRequests() {
        consumer.poll(Duration.ofMillis(200)).forEach(requests::add);
    }

    private List<String> refusals() throws Exception {
        try (var letters = new KafkaConsumer<>(
                config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            letters.assign(partitions(Topics.deadLetters(topics.prompts()), 1));
            letters.seekToBeginning(letters.assignment());
            List<String> codes = new ArrayList<>();
            letters.poll(Duration.ofSeconds(1))
                    .forEach(letter -> codes.add(new String(
                            letter.headers().lastHeader(DeadLetters.CODE).value(), UTF_8)));
            return codes;
        }
    }

    private void addPartitions(String topic, int count) throws Exception {
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count)))
                .all()
                .get();
        awaitPartitions(topic, count);
    }

    private int partitionsOf(String topic) throws Exception {
        return requireNonNull(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .partitions()
                .size();
    }

    private void awaitPartitions(String topic, int count) {
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> partitionsOf(topic) == count);
    }

    /** The stages may just have deleted it themselves, and may make it again at once. */
    private void delete(String topic) throws Exception {
        Uuid id = await().atMost(TIMEOUT)
                .until(() -> idOf(topic), Optional::isPresent)
                .orElseThrow();
        admin.deleteTopics(List.of(topic)).all().get();
        await().atMost(TIMEOUT).until(() -> !idOf(topic).equals(Optional.of(id)));
    }

    private Optional<Uuid> idOf(String topic) throws Exception {
        return admin.listTopics().listings().get().stream()
                .filter(listing -> listing.name().equals(topic))
                .map(TopicListing::topicId)
                .findAny();
    }

    private void make(String topic, int count) {
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> {
            admin.createTopics(List.of(new NewTopic(topic, count, (short) 1)))
                    .all()
                    .get();
            return true;
        });
        awaitPartitions(topic, count);
    }

    private List<String> internalTopics() throws Exception {
        return admin.listTopics().names().get().stream()
                .filter(name -> name.startsWith(prefix))
                .filter(name -> name.endsWith("-changelog") || name.endsWith("-repartition"))
                .toList();
    }

    @Test
    void shouldKnowAnIdInEveryPartition() throws Exception {
        // Given
        for (int i = 0; i < 6; i++) {
            published.add(send("p-" + i, 0, "a cat"));
        }
        awaitAll();

        // When
        for (int i = 0; i < 6; i++) {
            send("p-" + i, 1, "a cat");
            send("p-" + i, 1, "a dog");
        }
        publish(3);

        // Then
        awaitAll();
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(refusals()).hasSize(6).containsOnly("id-reused"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWhereTopicsGetMorePartitions(boolean running) throws Exception {
        // Given
        publish(10);
        awaitAll();

        // When
        if (!running) {
            stop();
        }
        for (String topic : List.of(topics.prompts(), topics.imageTokens(), topics.jobs(), topics.jobImages())) {
            addPartitions(topic, 4);
        }
        publish(20);
        if (!running) {
            start();
        }

        // Then: also what lies in the new partitions, and ids are known as before
        awaitAll();
        for (String id : published) {
            send(id, 3, "a dog");
        }
        await().atMost(TIMEOUT)
                .untilAsserted(
                        () -> assertThat(refusals()).hasSize(published.size()).containsOnly("id-reused"));

        // When
        stop();
        publish(5);
        start();

        // Then
        awaitAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1})
    void shouldReadATopicThatWasMadeAgainFromItsBeginning(int count) throws Exception {
        // Given
        publish(20);
        awaitAll();

        // When: under the running stages, with more records than there were before
        delete(topics.prompts());
        make(topics.prompts(), count);
        publish(60);

        // Then
        awaitAll();
        awaitReady();

        // When: while nothing runs, with fewer and with more
        for (int records : List.of(3, 90)) {
            stop();
            delete(topics.prompts());
            make(topics.prompts(), count);
            publish(records);
            start();

            // Then
            awaitAll();
        }
    }

    /** Long enough for the group to be told that the topic is missing; a member's place outlives that. */
    @Test
    void shouldReadATopicThatWasMissingForAWhile() throws Exception {
        // Given
        publish(20);
        awaitAll();

        // When
        delete(topics.prompts());
        await().atMost(TIMEOUT).until(() -> intake.health().detail().contains("run 'dallemini topics apply'"));
        make(topics.prompts(), 2);
        publish(30);

        // Then
        awaitAll();
        awaitReady();
    }

    @Test
    void shouldNameWithoutAnIdWhatATopicHeldThatWasMadeAgain() throws Exception {
        // Given
        byte[] cat = serializer.serialize(topics.prompts(), prompt("a cat").build());
        byte[] dog = serializer.serialize(topics.prompts(), prompt("a dog").build());
        producer.send(new ProducerRecord<>(topics.prompts(), 0, null, cat)).get();
        await().atMost(TIMEOUT).untilAsserted(() -> {
            readRequests();
            assertThat(requests).hasSize(1);
        });

        // When
        delete(topics.prompts());
        make(topics.prompts(), 2);
        producer.send(new ProducerRecord<>(topics.prompts(), 0, null, dog)).get();

        // Then
        await().atMost(TIMEOUT).untilAsserted(() -> {
            readRequests();
            assertThat(requests)
                    .extracting(record -> deserializer
                            .deserialize(record.topic(), record.value())
                            .getText())
                    .containsExactly("a cat", "a dog");
        });
    }

    @Test
    void shouldHaveAsManyPartitionsAsItsMemoryWhereATopicIsMadeAgainWithFewer() throws Exception {
        // Given
        addPartitions(topics.prompts(), 4);
        publish(10);
        awaitAll();
        String memory = prefix + "prompt-ingest-" + SeenPrompts.STORE + "-changelog";
        awaitPartitions(memory, 4);

        // When
        delete(topics.prompts());
        make(topics.prompts(), 1);

        // Then: nobody can take partitions from the memory, and ids keep their places
        awaitPartitions(topics.prompts(), 4);
        publish(10);
        awaitAll();
        assertThat(partitionsOf(IntakeTopology.byIdTopic(prefix + "prompt-ingest")))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWithoutItsInternalTopics(boolean running) throws Exception {
        // Given
        publish(10);
        awaitAll();
        List<String> internal = internalTopics();
        assertThat(internal).hasSize(6);

        for (String topic : internal) {
            // When
            if (!running) {
                stop();
            }
            delete(topic);
            publish(3);
            if (!running) {
                start();
            }

            // Then
            awaitAll();
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(internalTopics()).contains(topic));
        }
    }

    /** One process rebuilds what the others come back to. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWithoutInternalTopicsInSeveralProcesses(boolean all) throws Exception {
        try (StreamsStage otherIntake = PromptIngest.start(config, new SimpleMeterRegistry());
                RunningStage otherTracker = JobTracker.start(
                                config.stage(), config.jobRetention(), config.stateDir(), new SimpleMeterRegistry())
                        .stage()) {
            // Given
            List<RunningStage> others = List.of(otherIntake, otherTracker);
            await().atMost(TIMEOUT).until(() -> others.stream()
                    .allMatch(stage -> stage.health().isReady()));
            publish(10);
            awaitAll();

            // When
            List<String> deleted = internalTopics().stream()
                    .filter(topic -> all || topic.endsWith("job-parts-changelog"))
                    .toList();
            assertThat(deleted).hasSize(all ? 6 : 1);
            admin.deleteTopics(deleted).all().get();
            publish(3);

            // Then
            awaitAll();
            awaitReady();
            await().atMost(TIMEOUT).until(() -> others.stream()
                    .allMatch(stage -> stage.health().isReady()));
            publish(3);
            awaitAll();
        }
    }

    @Test
    void shouldTellOfAllJobsAgainWhereTheirTopicsWereDeleted() throws Exception {
        // Given
        publish(10);
        awaitAll();

        // When
        delete(topics.jobs());

        // Then
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(tracker.stage().health().detail())
                        .contains(topics.jobs(), "run 'dallemini topics apply'"));

        // When
        TopicPlan.of(config.stage()).apply(admin);
        publish(3);

        // Then
        awaitAll();
    }

    @Test
    void shouldWaitForTopicsThatWereDeleted() throws Exception {
        // Given
        publish(10);
        awaitAll();

        // When
        delete(topics.imageRequests());

        // Then
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(intake.health().detail())
                .contains(topics.imageRequests(), "run 'dallemini topics apply'"));
        publish(10);
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(intake.obstacle())
                .hasValueSatisfying(why -> assertThat(why).contains(topics.imageRequests())));

        // When
        TopicPlan.of(config.stage()).apply(admin);

        // Then
        consumer.seekToBeginning(consumer.assignment());
        requests.clear();
        await().atMost(TIMEOUT).untilAsserted(() -> {
            readRequests();
            assertThat(requests).hasSize(10);
        });
        assertThat(intake.obstacle()).isEmpty();
    }

    @Test
    void shouldGoOnAfterWhatWasDeletedUnread() throws Exception {
        // Given
        publish(10);
        awaitAll();
        stop();
        for (int i = 0; i < 10; i++) {
            send("gone-" + i, null, "a cat");
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions(topics.prompts(), 2));
        admin.deleteRecords(ends.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, end -> RecordsToDelete.beforeOffset(end.getValue()))))
                .all()
                .get();

        // When
        publish(10);
        start();

        // Then
        awaitAll();
        assertThat(requests).hasSize(20);
    }
}
