package org.dallemini.stage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.awaitility.Awaitility;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.embedded.testing.TopicSettings;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.Lane;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.jspecify.annotations.Nullable;

/** A real broker and registry, and stages with a {@link StepEngine} on topics of their own. */
final class Lab implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** With the group protocol {@code consumer} it is the broker that says how often members tell of themselves. */
    private static final Map<String, String> BROKER =
            Map.of("group.consumer.min.heartbeat.interval.ms", "200", "group.consumer.heartbeat.interval.ms", "200");

    private final Path dir;
    private EmbeddedKafka kafka;
    private EmbeddedSchemaRegistry registry;

    Lab(Path dir) {
        this.dir = dir;
        this.kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, BROKER);
        this.registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
    }

    int stopBroker() {
        int port = kafka.port();
        kafka.close();
        return port;
    }

    void startBroker(int port) {
        kafka = EmbeddedKafka.start(dir.resolve("kafka"), port, BROKER);
    }

    int stopRegistry() {
        int port = registry.port();
        registry.close();
        return port;
    }

    void startRegistry(int port) {
        registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), port);
    }

    @Override
    public void close() {
        registry.close();
        kafka.close();
    }

    /** Topics and stages of one test. */
    Bench bench(String prefix, String... settings) {
        return new Bench(prefix, settings);
    }

    final class Bench implements AutoCloseable {
        final Topics topics;
        final Map<String, String> settings = new HashMap<>();
        private final List<RunningStage> stages = new ArrayList<>();
        private final KafkaProducer<byte[], byte[]> producer;

        private Bench(String prefix, String... more) {
            settings.putAll(Map.of(
                    StageConfig.BOOTSTRAP_SERVERS,
                    kafka.bootstrapServers(),
                    StageConfig.SCHEMA_REGISTRY_URL,
                    registry.url(),
                    StageConfig.TOPIC_PREFIX,
                    prefix + ".",
                    StageConfig.TOPIC_PARTITIONS,
                    "3",
                    StageConfig.INSTANCE_DIR,
                    dir.resolve(prefix + "-instances").toString(),
                    StageConfig.DRAIN_TIMEOUT_MS,
                    "5000",
                    "kafka.metadata.max.age.ms",
                    "2000"));
            for (int i = 0; i < more.length; i += 2) {
                settings.put(more[i], more[i + 1]);
            }
            if (!"consumer".equals(settings.get("consumer.group.protocol"))) {
                settings.putIfAbsent("consumer.heartbeat.interval.ms", "200");
            }
            topics = config().topics();
            Map<String, Object> publishing = config().producer();
            // One that numbers its records tries for minutes to go on with its numbers in a topic that was made anew.
            publishing.put("enable.idempotence", false);
            producer = new KafkaProducer<>(publishing, new ByteArraySerializer(), new ByteArraySerializer());
        }

        StageConfig config() {
            return new StageConfig(StageConfig.definition(), settings);
        }

        Bench createTopics() {
            try (Admin admin = Admin.create(config().admin())) {
                TopicPlan.of(config()).apply(admin);
            }
            return this;
        }

        Bench registerSchemas() {
            new SchemaRegistration(new SchemaRegistryClient(config().serde()), EventSchemas.load(), topics).register();
            return this;
        }

        RunningStage start(StepEngine engine) {
            return start(engine, config(), new SimpleMeterRegistry());
        }

        RunningStage start(StepEngine engine, StageConfig config, MeterRegistry meters) {
            var definition = new StageDefinition<>(
                    "token-generator",
                    List.of(new StageInput(topics.imageRequests()), new StageInput(topics.bulkImageRequests())),
                    ImageRequest.class,
                    topics.imageTokens(),
                    tokens -> tokens.getRequest().getImageId(),
                    engine);
            RunningStage stage = Stage.start(config, definition, meters);
            stages.add(stage);
            return stage;
        }

        RunningStage startAndAwait(StepEngine engine) {
            RunningStage stage = start(engine);
            awaitHealth(stage, Health::isReady);
            return stage;
        }

        void awaitHealth(RunningStage stage, Predicate<Health> wanted) {
            Awaitility.await().atMost(TIMEOUT).until(stage::health, wanted);
        }

        /** Publishes requests {@code prefix/from}, ... up to {@code prefix/(to - 1)}. */
        void publish(String topic, String id, int from, int to, String text) {
            try (Serializer<ImageRequest> serializer = EventSerdes.serializer(config().serde())) {
                for (int i = from; i < to; i++) {
                    ImageRequest request = request(id + "/" + i, text);
                    var record = new ProducerRecord<byte[], byte[]>(
                            topic, request.getImageId().getBytes(), serializer.serialize(topic, request));
                    record.headers().add("traceparent", ("00-" + i).getBytes());
                    record.headers().add("mine", new byte[] {0, (byte) i, -1});
                    record.headers().add("empty", null);
                    producer.send(record);
                }
            }
            producer.flush();
        }

        byte[] serialized(String topic, ImageRequest request) {
            try (Serializer<ImageRequest> serializer = EventSerdes.serializer(config().serde())) {
                return serializer.serialize(topic, request);
            }
        }

        void publishRaw(String topic, byte[] key, byte @Nullable [] value, Headers headers) {
            producer.send(new ProducerRecord<>(topic, null, key, value, headers));
            producer.flush();
        }

        /** As a hostile publisher would: the topic's limit is one of compressed bytes. */
        void publishCompressed(String topic, byte[] value) {
            var settings = config().producer();
            settings.putAll(
                    Map.of("compression.type", "gzip", "max.request.size", 64 << 20, "buffer.memory", 64 << 20));
            try (var compressing =
                    new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                compressing.send(new ProducerRecord<>(topic, value));
            }
        }

        /** What the stage's group has committed, as an admin client sees it. */
        Map<TopicPartition, Long> committed() throws Exception {
            var offsets = new HashMap<TopicPartition, Long>();
            commits().forEach((partition, offset) -> offsets.put(partition, offset.offset()));
            return offsets;
        }

        Map<TopicPartition, OffsetAndMetadata> commits() throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                return admin.listConsumerGroupOffsets(group())
                        .partitionsToOffsetAndMetadata()
                        .get();
            }
        }

        /** While no stage runs. */
        void commit(Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                admin.alterConsumerGroupOffsets(group(), offsets).all().get();
            }
        }

        private String group() {
            return config().groupId("token-generator");
        }

        /** The offsets of the records that come next, on all partitions of these topics. */
        Map<TopicPartition, Long> ends(Collection<String> topics) throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                var wanted = new HashMap<TopicPartition, OffsetSpec>();
                admin.describeTopics(topics).allTopicNames().get().forEach((topic, description) -> description
                        .partitions()
                        .forEach(p -> wanted.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest())));
                var ends = new HashMap<TopicPartition, Long>();
                admin.listOffsets(wanted).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
                return ends;
            }
        }

        /** Until the broker, which hears of it from the controller, knows the topic no more. */
        void delete(String topic) throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                admin.deleteTopics(List.of(topic)).all().get();
                Awaitility.await()
                        .atMost(TIMEOUT)
                        .until(() -> !admin.listTopics().names().get().contains(topic));
            }
        }

        void raisePartitions(String topic, int count) throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count)))
                        .all()
                        .get();
            }
        }

        /** As retention does it. */
        void deleteRecords(TopicPartition partition, long below) throws Exception {
            try (Admin admin = Admin.create(config().admin())) {
                admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(below)))
                        .all()
                        .get();
            }
        }

        /** Publishes a request each to these partitions, in turns. */
        void publishTo(String topic, int partitions, String id, int from, int to) {
            try (Serializer<ImageRequest> serializer = EventSerdes.serializer(config().serde())) {
                for (int i = from; i < to; i++) {
                    byte[] value = serializer.serialize(topic, request(id + "/" + i, "a cat"));
                    producer.send(new ProducerRecord<>(topic, i % partitions, null, value));
                }
            }
            producer.flush();
        }

        void alter(String topic, String setting, String value) {
            TopicSettings.alter(config().admin(), topic, setting, value);
        }

        /** All committed records of a topic, as soon as there are {@code count}, and what follows within a moment. */
        List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
            var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            try (var consumer = reader(topic)) {
                Awaitility.await().atMost(TIMEOUT).pollDelay(Duration.ZERO).until(() -> {
                    consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                    return found.size() >= count;
                });
                consumer.poll(Duration.ofMillis(500)).forEach(found::add);
            }
            return found;
        }

        /** How many records of a topic are committed by now, markers of transactions included. */
        long count(String topic) {
            try (var consumer = reader(topic)) {
                return consumer.endOffsets(consumer.assignment()).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
            }
        }

        KafkaConsumer<byte[], byte[]> reader(String topic) {
            var consumer =
                    new KafkaConsumer<>(config().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return consumer;
        }

        /** The image ids of the results, as soon as there are {@code count} of them. */
        List<String> results(int count) {
            try (Deserializer<ImageTokens> deserializer =
                    EventSerdes.deserializer(ImageTokens.class, config().serde())) {
                return read(topics.imageTokens(), count).stream()
                        .map(r -> deserializer.deserialize(r.topic(), r.headers(), r.value()))
                        .map(tokens -> tokens.getRequest().getImageId())
                        .toList();
            }
        }

        @Override
        public void close() {
            stages.forEach(RunningStage::close);
            producer.close();
        }
    }

    static ImageRequest request(String imageId, String text) {
        return new ImageRequest(
                imageId,
                imageId.substring(0, imageId.indexOf('/')),
                0,
                1,
                "job",
                text,
                null,
                7L,
                new Sampling(null, null, null, null, 0, 1),
                Lane.INTERACTIVE,
                Map.of(),
                null,
                Instant.EPOCH,
                null,
                1,
                null,
                null,
                null,
                null);
    }

    static List<String> ids(String id, int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            ids.add(id + "/" + i);
        }
        return ids;
    }
}
