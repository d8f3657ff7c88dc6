package org.dallemini.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.EmbeddedObjectStore;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageDeletion;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.Health;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.deletions.ImageDeletionPublisher;
import org.dallemini.stage.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage, with a real broker, registry and S3 server in this JVM. */
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is missed later on
class StorageSinkIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String ACCESS = "local-access";
    private static final String SECRET = "local-secret";
    private static final Topics TOPICS = new Topics("");

    @TempDir
    private Path dir;

    @Test
    void shouldStoreEveryImageAndSayItOnceThroughOutageAndRestart() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            EmbeddedObjectStore s3 = EmbeddedObjectStore.start(dir.resolve("s3"), 0, ACCESS, SECRET);
            StorageSinkConfig config = config(kafka, registry, s3);
            createTopicsAndSchemas(config);
            Serializer<GeneratedImage> serializer =
                    EventSerdes.serializer(config.stage().serde());
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            config.stage().producer(), new ByteArraySerializer(), new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                            config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                // When: images come while all is well, while S3 is away, and a restart of the stage between
                RunningStage stage = StorageSink.start(config, new SimpleMeterRegistry());
                publish(producer, serializer, "a", 30);
                assertThat(read(consumer, TOPICS.storedImages(), 30)).hasSize(30);

                s3.close();
                publish(producer, serializer, "b", 30);
                RunningStage troubled = stage;
                await().atMost(TIMEOUT).until(() -> troubled.health().state() == State.TROUBLED);
                assertThat(stage.health().detail()).contains(config.s3().endpoint());
                stage.close();
                stage = StorageSink.start(config, new SimpleMeterRegistry());
                s3 = EmbeddedObjectStore.start(dir.resolve("s3"), s3.port(), ACCESS, SECRET);
                producer.send(new ProducerRecord<>(
                        TOPICS.images(),
                        "bad".getBytes(UTF_8),
                        serializer.serialize(TOPICS.images(), Images.image("../up", 0))));

                // Then: each is announced once, and lies where the announcement says
                List<StoredImage> stored = events(config, read(consumer, TOPICS.storedImages(), 60));
                assertThat(stored)
                        .extracting(event -> event.getRequest().getImageId())
                        .hasSize(60)
                        .doesNotHaveDuplicates();
                try (MinioObjectStore reader = new MinioObjectStore(config.s3())) {
                    for (StoredImage event : stored) {
                        try (InputStream in = reader.get(event.getKey())) {
                            assertThat(Images.sha256(in.readAllBytes())).isEqualTo(event.getSha256());
                        }
                    }
                }
                assertThat(read(consumer, Topics.deadLetters(TOPICS.images()), 1))
                        .singleElement()
                        .satisfies(letter -> assertThat(code(letter)).isEqualTo("invalid-object-key"));
                assertThat(stage.health().state()).isEqualTo(State.RUNNING);
                stage.close();
                assertThat(stage.health().state()).isEqualTo(State.STOPPED);
            } finally {
                s3.close();
            }
        }
    }

    /** As after the partitions of a topic were changed, or where a publisher chose them in a way of its own. */
    @Test
    void shouldReplaceNoImageByAnotherOfItsIdInAnotherPartition() throws Exception {
        int ids = 12;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
                EmbeddedObjectStore s3 = EmbeddedObjectStore.start(dir.resolve("s3"), 0, ACCESS, SECRET)) {
            StorageSinkConfig config = config(kafka, registry, s3);
            createTopicsAndSchemas(config);
            Serializer<GeneratedImage> serializer =
                    EventSerdes.serializer(config.stage().serde());
            try (RunningStage one = StorageSink.start(config, new SimpleMeterRegistry());
                    RunningStage another = StorageSink.start(config(kafka, registry, s3), new SimpleMeterRegistry());
                    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            config.stage().producer(), new ByteArraySerializer(), new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                            config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                    MinioObjectStore reader = new MinioObjectStore(config.s3())) {
                // When
                for (int id = 0; id < ids; id++) {
                    for (int partition = 0; partition < 2; partition++) {
                        String text = "text " + partition;
                        ImageRequest request = ImageRequest.newBuilder(Images.request("p" + id, 0))
                                .setText(text)
                                .build();
                        producer.send(new ProducerRecord<>(
                                TOPICS.images(),
                                partition,
                                request.getImageId().getBytes(UTF_8),
                                serializer.serialize(TOPICS.images(), Images.image(request, text.getBytes(UTF_8)))));
                    }
                }
                producer.flush();

                // Then: one of each, and its object is that of the event
                List<StoredImage> stored = events(config, read(consumer, TOPICS.storedImages(), ids));
                assertThat(stored)
                        .extracting(event -> event.getRequest().getPromptId())
                        .hasSize(ids)
                        .doesNotHaveDuplicates();
                for (StoredImage event : stored) {
                    try (InputStream in = reader.get(event.getKey())) {
                        assertThat(in.readAllBytes())
                                .asString(UTF_8)
                                .isEqualTo(event.getRequest().getText());
                    }
                }
                assertThat(read(consumer, Topics.deadLetters(TOPICS.images()), ids))
                        .extracting(StorageSinkIT::code)
                        .hasSize(ids)
                        .containsOnly("object-exists");
                assertThat(one.health().state()).isEqualTo(State.RUNNING);
                assertThat(another.health().state()).isEqualTo(State.RUNNING);
            }
        }
    }

    /** In whatever order images, their repetitions and their deletions come to which of two sinks. */
    @Test
    void shouldKeepNoFileOfADeletedImage() throws Exception {
        int images = 120;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            EmbeddedObjectStore s3 = EmbeddedObjectStore.start(dir.resolve("s3"), 0, ACCESS, SECRET);
            StorageSinkConfig config = config(kafka, registry, s3);
            createTopicsAndSchemas(config);
            Serializer<GeneratedImage> serializer =
                    EventSerdes.serializer(config.stage().serde());
            try (RunningStage one = StorageSink.start(config, new SimpleMeterRegistry());
                    RunningStage another = StorageSink.start(config(kafka, registry, s3), new SimpleMeterRegistry());
                    ImageDeletionPublisher deletions = new ImageDeletionPublisher(config.stage());
                    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            config.stage().producer(), new ByteArraySerializer(), new ByteArraySerializer());
                    KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                            config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                    MinioObjectStore bucket = new MinioObjectStore(config.s3())) {
                // Given: every second image is deleted while it is on its way, some while the store is away
                for (int i = 0; i < images; i++) {
                    publish(producer, serializer, "p" + i, 1);
                    if (i % 2 == 0) {
                        deletions.publish(List.of(deletion("p" + i)));
                    }
                    if (i == images / 2) {
                        s3.close();
                    }
                }
                await().atMost(TIMEOUT).until(() -> Stream.of(one, another)
                        .anyMatch(stage -> stage.health().state() == State.TROUBLED));

                // When: the store is back, and all images come again
                s3 = EmbeddedObjectStore.start(dir.resolve("s3"), s3.port(), ACCESS, SECRET);
                for (int i = 0; i < images; i++) {
                    publish(producer, serializer, "p" + i, 1);
                }

                // Then
                await().atMost(TIMEOUT)
                        .until(() -> all(consumer, TOPICS.storedImages()).size()
                                        + all(consumer, Topics.deadLetters(TOPICS.images()))
                                                .size()
                                == 2 * images);
                assertThat(all(consumer, Topics.deadLetters(TOPICS.images())))
                        .hasSizeGreaterThanOrEqualTo(images / 2)
                        .extracting(StorageSinkIT::code)
                        .containsOnly("deleted");
                await().atMost(TIMEOUT).until(() -> amiss(bucket, images).isEmpty());
                await().atMost(TIMEOUT).untilAsserted(() -> assertThat(List.of(one.health(), another.health()))
                        .extracting(Health::state)
                        .containsOnly(State.RUNNING));
            } finally {
                s3.close();
            }
        }
    }

    /** Files of even images that are there, and files of odd ones that are not. */
    private static List<String> amiss(MinioObjectStore bucket, int images) throws Exception {
        List<String> amiss = new ArrayList<>();
        for (int i = 0; i < images; i++) {
            for (String file : List.of("p" + i + "/0.png", "p" + i + "/0.png.json")) {
                if (bucket.stat(file).isPresent() == (i % 2 == 0)) {
                    amiss.add(file);
                }
            }
        }
        return amiss;
    }

    private static ImageDeletion deletion(String prompt) {
        return ImageDeletion.newBuilder()
                .setImageId(prompt + "/0")
                .setJobId("job-1")
                .setBucket("images")
                .setKeys(List.of(prompt + "/0.png"))
                .setDeletedAt(Images.REQUESTED)
                .build();
    }

    private static String code(ConsumerRecord<byte[], byte[]> letter) {
        return new String(letter.headers().lastHeader(DeadLetters.CODE).value(), UTF_8);
    }

    private StorageSinkConfig config(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry, EmbeddedObjectStore s3) {
        return new StorageSinkConfig(new HashMap<>(Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "schema.registry.url",
                registry.url(),
                "topic.partitions",
                "2",
                "topic.replication",
                "1",
                "instance.dir",
                dir.resolve("instances").toString(),
                "drain.timeout.ms",
                "2000",
                "s3.endpoint",
                s3.endpoint(),
                "s3.access.key",
                ACCESS,
                "s3.secret.key",
                SECRET,
                "sidecar",
                "true")));
    }

    private static void createTopicsAndSchemas(StorageSinkConfig config) {
        try (Admin admin = Admin.create(config.stage().admin())) {
            TopicPlan.of(config.stage()).apply(admin);
        }
        new SchemaRegistration(new SchemaRegistryClient(config.stage().serde()), EventSchemas.load(), TOPICS)
                .register();
    }

    private static void publish(
            KafkaProducer<byte[], byte[]> producer, Serializer<GeneratedImage> serializer, String prompt, int images) {
        for (int i = 0; i < images; i++) {
            GeneratedImage image = Images.image(prompt, i);
            producer.send(new ProducerRecord<>(
                    TOPICS.images(),
                    image.getRequest().getImageId().getBytes(UTF_8),
                    serializer.serialize(TOPICS.images(), image)));
        }
        producer.flush();
    }

    private static List<StoredImage> events(StorageSinkConfig config, List<ConsumerRecord<byte[], byte[]>> records) {
        Deserializer<StoredImage> deserializer =
                EventSerdes.deserializer(StoredImage.class, config.stage().serde());
        return records.stream()
                .map(r -> deserializer.deserialize(r.topic(), r.headers(), r.value()))
                .toList();
    }

    /** All records of a topic that there are now. */
    private static List<ConsumerRecord<byte[], byte[]>> all(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        consumer.assign(consumer.partitionsFor(topic).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        }
        return records;
    }

    /** Records from the beginning of a topic until there are as many as expected, and for a moment longer. */
    private static List<ConsumerRecord<byte[], byte[]>> read(
            KafkaConsumer<byte[], byte[]> consumer, String topic, int expected) {
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
}
