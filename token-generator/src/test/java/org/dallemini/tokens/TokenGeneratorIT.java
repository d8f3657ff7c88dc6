package org.dallemini.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.TestModels;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.Lane;
import org.dallemini.events.Sampling;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.Health;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.ModelSettings;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.dallemini.tokens.batch.Requests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage with a real broker and registry. */
class TokenGeneratorIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    @Test
    void shouldTurnRequestsOfBothLanesIntoTheTokensOfTheOriginal() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            // Given
            TokenGeneratorConfig config = config(kafka, registry);
            StageConfig stageConfig = config.stage();
            Topics topics = stageConfig.topics();
            try (Admin admin = Admin.create(stageConfig.admin())) {
                TopicPlan.of(stageConfig).apply(admin);
            }
            new SchemaRegistration(new SchemaRegistryClient(stageConfig.serde()), EventSchemas.load(), topics)
                    .register();
            JsonNode captions = Goldens.ofModel().json("golden.json").get("captions");
            int[][] expected = Goldens.ofModel().array("tokens_greedy").rows();

            // When
            try (RunningStage stage = TokenGenerator.start(config, new SimpleMeterRegistry());
                    var producer = new KafkaProducer<>(
                            stageConfig.producer(),
                            new StringSerializer(),
                            EventSerdes.<ImageRequest>serializer(stageConfig.serde()))) {
                for (int i = 0; i < captions.size(); i++) {
                    boolean bulk = i % 2 == 1;
                    String topic = bulk ? topics.bulkImageRequests() : topics.imageRequests();
                    ImageRequest request = Requests.request(
                                    "p" + i, captions.get(i).asText())
                            .setSampling(new Sampling(null, 1, null, 1f, 0, 1))
                            .setLane(bulk ? Lane.BULK : Lane.INTERACTIVE)
                            .build();
                    producer.send(new ProducerRecord<>(topic, request.getImageId(), request));
                }
                ImageRequest frozen = Requests.request("frozen", "a red circle")
                        .setSampling(new Sampling(-1f, null, null, null, 0, 1))
                        .build();
                ImageRequest late = Requests.request("late", "a red circle")
                        .setDeadline(Instant.EPOCH)
                        .build();
                producer.send(new ProducerRecord<>(topics.imageRequests(), frozen.getImageId(), frozen));
                producer.send(new ProducerRecord<>(topics.bulkImageRequests(), late.getImageId(), late));
                producer.flush();
                List<ConsumerRecord<String, byte[]>> results = read(stageConfig, topics.imageTokens(), captions.size());
                String deadLetters = Topics.deadLetters(topics.imageRequests());
                ConsumerRecord<String, byte[]> rejected =
                        read(stageConfig, deadLetters, 1).get(0);
                String bulkDeadLetters = Topics.deadLetters(topics.bulkImageRequests());
                ConsumerRecord<String, byte[]> expired =
                        read(stageConfig, bulkDeadLetters, 1).get(0);

                // Then
                assertThat(stage.health().state()).isEqualTo(Health.State.RUNNING);
                assertThat(results)
                        .extracting(ConsumerRecord::key)
                        .doesNotHaveDuplicates()
                        .hasSize(captions.size());
                try (Deserializer<ImageTokens> deserializer =
                        EventSerdes.deserializer(ImageTokens.class, stageConfig.serde())) {
                    for (ConsumerRecord<String, byte[]> result : results) {
                        ImageTokens tokens = deserializer.deserialize(result.topic(), result.value());
                        int i = Integer.parseInt(
                                result.key().substring(1, result.key().indexOf('/')));
                        assertThat(tokens(tokens)).as(result.key()).containsExactly(expected[i]);
                        assertThat(tokens.getModel().getName()).isEqualTo("shapes");
                        assertThat(tokens.getRequest().getSampling().getTemperature())
                                .isEqualTo(1);
                    }
                }
                assertThat(rejected.key()).isEqualTo("frozen/0");
                assertThat(headers(rejected)).containsEntry(DeadLetters.CODE, "invalid-parameter");
                assertThat(expired.key()).isEqualTo("late/0");
                assertThat(headers(expired)).containsEntry(DeadLetters.CODE, "deadline-exceeded");
            }
        }
    }

    private TokenGeneratorConfig config(EmbeddedKafka kafka, EmbeddedSchemaRegistry registry) {
        return new TokenGeneratorConfig(Map.of(
                StageConfig.BOOTSTRAP_SERVERS, kafka.bootstrapServers(),
                StageConfig.SCHEMA_REGISTRY_URL, registry.url(),
                StageConfig.INSTANCE_DIR, folder.resolve("instances").toString(),
                ModelSettings.MODEL,
                        TestModels.shapes().resolve("..").normalize().toString(),
                ModelSettings.MODEL_CACHE, folder.resolve("model-cache").toString(),
                TokenGeneratorConfig.PRECISION, "fp32",
                TokenGeneratorConfig.BATCH_SIZE, "4"));
    }

    private static List<ConsumerRecord<String, byte[]>> read(StageConfig config, String topic, int count) {
        List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
        try (var consumer =
                new KafkaConsumer<>(config.consumer(), new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(TIMEOUT).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return found.size() >= count;
            });
            consumer.poll(Duration.ofMillis(500)).forEach(found::add);
        }
        return found;
    }

    private static Map<String, String> headers(ConsumerRecord<?, ?> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private static int[] tokens(ImageTokens result) {
        var shorts = result.getTokens().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        int[] tokens = new int[shorts.remaining()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = Short.toUnsignedInt(shorts.get(i));
        }
        return tokens;
    }
}
