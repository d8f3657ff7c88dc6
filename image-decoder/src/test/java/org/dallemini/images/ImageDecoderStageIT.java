package org.dallemini.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.dallemini.images.testing.Events.imageTokens;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.dalle.testing.ShippedModel;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.GeneratedImage;
import org.dallemini.events.ImageTokens;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.Health;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage with the shipped model, between a real broker and a real registry. */
class ImageDecoderStageIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void shouldDecodeTokensFromItsTopicAndDeadLetterWhatCannotBe() throws Exception {
        // Given
        int[][] tokens = Goldens.ofModel().array("tokens_greedy").rows();
        Npy expected = Goldens.ofModel().array("uint8_greedy");
        List<ImageTokens> records = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            records.add(imageTokens("p/" + i, tokens[i]));
        }
        records.add(tokens.length / 2, imageTokens("poison/0", null, 8, 8, ByteBuffer.allocate(127)));

        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            ImageDecoderConfig config = config(kafka, registry);
            Topics topics = config.stage().topics();
            prepare(config);
            SimpleMeterRegistry meters = new SimpleMeterRegistry();

            // When
            try (RunningStage stage = ImageDecoderStage.start(config, meters)) {
                await().atMost(TIMEOUT).until(() -> stage.health().state() == Health.State.RUNNING);
                publish(config, records);

                // Then
                Map<String, GeneratedImage> images = new HashMap<>();
                try (var deserializer = EventSerdes.deserializer(
                        GeneratedImage.class, config.stage().serde())) {
                    for (var record : read(config, topics.images(), tokens.length)) {
                        GeneratedImage image = deserializer.deserialize(record.topic(), record.value());
                        assertThat(images.put(text(record.key()), image)).isNull();
                    }
                }
                assertThat(images).hasSize(tokens.length);
                images.forEach((id, image) -> {
                    int i = Integer.parseInt(id.substring("p/".length()));
                    assertLevels(Pngs.rgb(image.getData()), expected.slice(i).ints());
                    assertThat(image.getDecoderModel().getName()).isEqualTo("shapes");
                });
                var deadLetters = read(config, Topics.deadLetters(topics.imageTokens()), 1);
                assertThat(deadLetters).extracting(record -> text(record.key())).containsExactly("poison/0");
                assertThat(meters.get("dallemini.image.decodes").timer().count())
                        .isEqualTo(tokens.length);
            }
        }
    }

    private ImageDecoderConfig config(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
        return new ImageDecoderConfig(Map.of(
                StageConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                StageConfig.SCHEMA_REGISTRY_URL, registry.url(),
                StageConfig.TOPIC_PARTITIONS, "3",
                StageConfig.INSTANCE_DIR, dir.resolve("instances").toString(),
                ModelSettings.MODEL, ShippedModel.folder().toString(),
                ModelSettings.MODEL_CACHE, dir.resolve("cache").toString()));
    }

    private static void prepare(ImageDecoderConfig config) {
        try (Admin admin = Admin.create(config.stage().admin())) {
            TopicPlan.of(config.stage()).apply(admin);
        }
        SchemaRegistryClient client = new SchemaRegistryClient(config.stage().serde());
        new SchemaRegistration(client, EventSchemas.load(), config.stage().topics()).register();
    }

    private static void publish(ImageDecoderConfig config, List<ImageTokens> records) {
        String topic = config.stage().topics().imageTokens();
        try (Serializer<ImageTokens> serializer =
                        EventSerdes.serializer(config.stage().serde());
                var producer = new KafkaProducer<>(
                        config.stage().producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ImageTokens record : records) {
                byte[] key = record.getRequest().getImageId().getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, key, serializer.serialize(topic, record)));
            }
        }
    }

    /** All records of a topic, as soon as there are so many. */
    private static List<ConsumerRecord<byte[], byte[]>> read(ImageDecoderConfig config, String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                config.stage().consumer(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(TIMEOUT).pollDelay(Duration.ZERO).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.size() >= count;
            });
        }
        return found;
    }

    private static void assertLevels(int[] actual, int[] expected) {
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isBetween(expected[i] - 1, expected[i] + 1);
        }
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }
}
