package org.dallemini.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.dallemini.prompt.testing.Prompts.prompt;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.embedded.testing.TopicSettings;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.AvroSerializer;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stage with a real broker and a real registry; each test has topics of its own by their prefix. */
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is missed later on
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = PromptIngestIT.SERVERS, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class PromptIngestIT extends WithServers {
    private static final Logger log = LoggerFactory.getLogger(PromptIngestIT.class);
    /** Of the tests that stop a server, or measure: they run alone. */
    static final String SERVERS = "servers";

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private PromptIngestConfig config;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;
    private Serializer<PromptRequest> serializer;
    private Deserializer<ImageRequest> deserializer;

    @BeforeEach
    void connect() {
        config = new PromptIngestConfig(settings(Map.of()));
        serializer = EventSerdes.serializer(config.stage().serde());
        deserializer =
                EventSerdes.deserializer(ImageRequest.class, config.stage().serde());
        producer = producer(config.stage());
        consumer = new KafkaConsumer<>(
                config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void disconnect() {
        producer.close();
        consumer.close();
    }

    private Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = servers.settings(prefix);
        settings.putAll(more);
        return settings;
    }

    private void createTopicsAndSchemas() {
        Servers.createTopicsAndSchemas(config.stage());
    }

    private void alter(String topic, String setting, String value) {
        TopicSettings.alter(config.stage().admin(), topic, setting, value);
    }

    private static void awaitRunning(RunningStage stage) {
        await().atMost(TIMEOUT).until(() -> {
            assertThat(stage.health().isLive()).as(stage.health().detail()).isTrue();
            return stage.health().isReady();
        });
    }

    private void publish(PromptRequest prompt) {
        byte[] key = prompt.getId() == null ? null : prompt.getId().getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topics.prompts(), key, serializer.serialize(topics.prompts(), prompt)));
    }

    /** Records from the beginning of a topic until there are as many as expected, and for a moment longer. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int expected) {
        consumer.assign(consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (records.size() < expected && System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        consumer.poll(Duration.ofMillis(300)).forEach(records::add);
        return records;
    }

    private List<String> imageIds(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(r -> deserializer
                        .deserialize(r.topic(), r.headers(), r.value())
                        .getImageId())
                .sorted()
                .toList();
    }

    @Test
    void shouldTakePromptsInExactlyOnceAcrossRestarts() {
        createTopicsAndSchemas();
        for (int round = 0; round < 2; round++) {
            // When: the same prompts are published in both rounds, with a new one in each
            RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
            try {
                for (int i = 0; i < 50; i++) {
                    publish(prompt("prompt " + i).setId("p" + i).setCount(2).build());
                }
                publish(prompt("new").setId("new" + round).setLane(Lane.BULK).build());
                publish(prompt("a\0b").setId("bad" + round).build());

                // Then
                assertThat(read(topics.bulkImageRequests(), round + 1)).hasSize(round + 1);
                List<String> ids = imageIds(read(topics.imageRequests(), 100));
                assertThat(ids).hasSize(100).doesNotHaveDuplicates().contains("p0/0", "p49/1");
                assertThat(read(Topics.deadLetters(topics.prompts()), round + 1))
                        .hasSize(round + 1)
                        .allSatisfy(letter -> assertThat(new String(
                                        letter.headers()
                                                .lastHeader(DeadLetters.CODE)
                                                .value(),
                                        UTF_8))
                                .isEqualTo("invalid-text"));
            } finally {
                long start = System.nanoTime();
                stage.close();
                log.info("closed in {} ms", (System.nanoTime() - start) / 1_000_000);
            }
            assertThat(stage.health().state()).isEqualTo(State.STOPPED);
        }
    }

    @Test
    void shouldSendImagesToOnePartitionThatAreChosenFromTheSameCandidates() {
        // Given
        createTopicsAndSchemas();
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            // When
            for (int i = 0; i < 8; i++) {
                Lane lane = i % 2 == 0 ? Lane.BULK : Lane.INTERACTIVE;
                publish(prompt("x")
                        .setId("p" + i)
                        .setCount(3)
                        .setBestOf(4)
                        .setLane(lane)
                        .build());
            }

            // Then
            List<ConsumerRecord<byte[], byte[]>> requests = new ArrayList<>(read(topics.imageRequests(), 12));
            requests.addAll(read(topics.bulkImageRequests(), 12));
            assertThat(requests).hasSize(24);
            Map<String, Set<Integer>> partitions = requests.stream()
                    .collect(Collectors.groupingBy(
                            request -> new String(request.key(), UTF_8).split("/")[0],
                            Collectors.mapping(ConsumerRecord::partition, Collectors.toSet())));
            assertThat(partitions).hasSize(8).allSatisfy((prompt, one) -> assertThat(one)
                    .hasSize(1));
            assertThat(partitions.values().stream().flatMap(Set::stream))
                    .as("all partitions are used")
                    .contains(0, 1);
        } finally {
            stage.close();
        }
    }

    @Test
    void shouldTakeInWhatAPublisherWithANewerSchemaWrites() {
        // Given: a publisher that knows a field which we do not
        createTopicsAndSchemas();
        Schema today = EventSchemas.load().schema("PromptRequest");
        Schema newer = Schema.createRecord(today.getName(), null, today.getNamespace(), false);
        List<Schema.Field> fields = new ArrayList<>();
        today.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        fields.add(3, new Schema.Field("style", Schema.create(Schema.Type.STRING), null, "plain"));
        newer.setFields(fields);
        Map<String, Object> publisher = new HashMap<>(config.stage().serde());
        publisher.put("auto.register.schemas", true);
        var writer = new AvroSerializer<GenericRecord>();
        writer.configure(publisher, false);
        List<byte[]> written = new ArrayList<>();
        for (int count : List.of(1, 0)) {
            GenericRecord prompt = new GenericRecordBuilder(newer)
                    .set("text", "a cat")
                    .set("id", "p" + count)
                    .set("count", count)
                    .set("style", "cubism")
                    .build();
            written.add(Objects.requireNonNull(writer.serialize(topics.prompts(), prompt)));
        }

        // When
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            for (byte[] value : written) {
                producer.send(new ProducerRecord<>(topics.prompts(), value));
            }

            // Then: the sound one is asked for, the other is set aside with the field that we do not know
            assertThat(imageIds(read(topics.imageRequests(), 1))).containsExactly("p1/0");
            assertThat(read(Topics.deadLetters(topics.prompts()), 1))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.value()).isEqualTo(written.get(1));
                        assertThat(new String(
                                        letter.headers()
                                                .lastHeader(DeadLetters.CODE)
                                                .value(),
                                        UTF_8))
                                .isEqualTo("invalid-parameter");
                    });
        } finally {
            stage.close();
        }
    }

    @Test
    void shouldWaitForTopicsAndSchemas() {
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            await().atMost(TIMEOUT)
                    .until(() -> stage.health().detail().contains("missing topics: " + topics.prompts()));
            assertThat(stage.health().state()).isEqualTo(State.STARTING);
            long start = System.nanoTime();
            createTopicsAndSchemas();
            awaitRunning(stage);
            log.info("running {} ms after the topics were there", (System.nanoTime() - start) / 1_000_000);
            publish(prompt("a cat").setId("p").build());
            assertThat(imageIds(read(topics.imageRequests(), 1))).containsExactly("p/0");
        } finally {
            stage.close();
        }
    }

    @Test
    @ResourceLock(SERVERS)
    void shouldWaitForTheRegistry() {
        // Given: a stage that has read no schema yet, and a registry that is away
        createTopicsAndSchemas();
        publish(prompt("a cat").setId("p").build());
        producer.flush();
        servers.stopRegistry();
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            await().atMost(TIMEOUT).until(() -> stage.health().state() == State.TROUBLED);
            assertThat(stage.health().detail()).contains("127.0.0.1:" + servers.registryPort());

            // When
            servers.restartRegistry();

            // Then
            assertThat(imageIds(read(topics.imageRequests(), 1))).containsExactly("p/0");
            assertThat(read(Topics.deadLetters(topics.prompts()), 0)).isEmpty();
            assertThat(stage.health().state()).isEqualTo(State.RUNNING);
        } finally {
            stage.close();
        }
    }

    /** Small only while it is compressed, which is what a topic's limit counts. */
    @Test
    void shouldOutliveARecordThatNoDeadLetterCanHold() throws Exception {
        // Given
        createTopicsAndSchemas();
        // As of a topic that was made by an earlier version.
        alter(topics.prompts(), TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        Map<String, Object> settings = config.stage().producer();
        settings.putAll(Map.of("compression.type", "gzip", "max.request.size", 64 << 20, "buffer.memory", 64 << 20));
        try (var hostile = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            hostile.send(new ProducerRecord<>(topics.prompts(), 0, null, new byte[13 << 20]))
                    .get();
        }
        for (int i = 0; i < 5; i++) {
            publish(prompt("a cat").setId("good" + i).build());
        }

        // When
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            // Then
            assertThat(imageIds(read(topics.imageRequests(), 5))).hasSize(5);
            assertThat(read(Topics.deadLetters(topics.prompts()), 1))
                    .singleElement()
                    .satisfies(letter -> assertThat(new String(
                                    letter.headers()
                                            .lastHeader(DeadLetters.OMITTED)
                                            .value(),
                                    UTF_8))
                            .startsWith("value of 13631488 bytes"));
            assertThat(stage.health().isReady()).isTrue();
        } finally {
            stage.close();
        }
    }

    @Test
    void shouldGoOnWhereTopicsTakeLessThanBefore() {
        // Given: a stage that has read the limits
        createTopicsAndSchemas();
        String letters = Topics.deadLetters(topics.prompts());
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            publish(prompt("a cat").setId("before").build());
            assertThat(read(topics.imageRequests(), 1)).hasSize(1);

            // When
            alter(letters, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "20000");
            alter(topics.imageRequests(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "20000");
            for (String text : List.of("a\0b", "a dog")) {
                byte[] value =
                        serializer.serialize(topics.prompts(), prompt(text).build());
                var record = new ProducerRecord<>(topics.prompts(), text.getBytes(UTF_8), value);
                record.headers().add("large", new byte[30_000]);
                producer.send(record);
            }
            publish(prompt("a cat").setId("after").build());

            // Then
            assertThat(imageIds(read(topics.imageRequests(), 2))).containsExactly("after/0", "before/0");
            assertThat(read(letters, 2))
                    .allSatisfy(letter ->
                            assertThat(header(letter, DeadLetters.OMITTED)).contains("1 headers of 30"))
                    .extracting(letter -> header(letter, DeadLetters.CODE))
                    .containsExactlyInAnyOrder("invalid-text", "result-too-large");
            awaitRunning(stage);
        } finally {
            stage.close();
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(name)).value(), UTF_8);
    }

    @Test
    void shouldShareTheWorkAndTakeOver() {
        createTopicsAndSchemas();
        RunningStage first = PromptIngest.start(config, new SimpleMeterRegistry());
        RunningStage second = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            awaitRunning(first);
            awaitRunning(second);
            for (int i = 0; i < 20; i++) {
                publish(prompt("prompt " + i).setId("a" + i).build());
            }
            assertThat(imageIds(read(topics.imageRequests(), 20))).hasSize(20);
            first.close();
            for (int i = 0; i < 20; i++) {
                publish(prompt("prompt " + i).setId("a" + i).build());
                publish(prompt("prompt " + i).setId("b" + i).build());
            }
            assertThat(imageIds(read(topics.imageRequests(), 40))).hasSize(40).doesNotHaveDuplicates();
        } finally {
            first.close();
            second.close();
        }
    }

    @Test
    @ResourceLock(SERVERS)
    void shouldBeQuick() {
        createTopicsAndSchemas();
        RunningStage stage = PromptIngest.start(config, new SimpleMeterRegistry());
        try {
            awaitRunning(stage);
            read(topics.imageRequests(), 0);
            long[] millis = new long[50];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                publish(prompt("prompt " + i).setId("p" + i).build());
                while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {
                    assertThat(System.nanoTime() - start).isLessThan(TIMEOUT.toNanos());
                }
                millis[i] = (System.nanoTime() - start) / 1_000_000;
            }
            Arrays.sort(millis);
            log.info("prompt to image request: p50 {} ms, p95 {} ms, max {} ms", millis[25], millis[47], millis[49]);
            assertThat(millis[25]).isLessThan(250);
        } finally {
            stage.close();
        }
    }
}
