package org.dallemini.ingest.previews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.ImagePreview;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real broker and a real registry. */
class PreviewsReaderIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    @Test
    void shouldKnowWhatComesFromItsStartOn() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            // Given: a preview of an image that was drawn before
            StageConfig config = new StageConfig(
                    StageConfig.definition(),
                    Map.of(
                            StageConfig.BOOTSTRAP_SERVERS,
                            kafka.bootstrapServers(),
                            StageConfig.SCHEMA_REGISTRY_URL,
                            registry.url(),
                            StageConfig.TOPIC_PARTITIONS,
                            "2"));
            try (Admin admin = Admin.create(config.admin())) {
                TopicPlan.of(config).apply(admin);
            }
            new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), new Topics(""))
                    .register();
            Previews previews = new Previews(System::nanoTime);
            String topic = config.topics().imagePreviews();
            try (var producer = new KafkaProducer<>(
                    config.producer(), new StringSerializer(), EventSerdes.<ImagePreview>serializer(config.serde()))) {
                for (int partition = 0; partition < 2; partition++) {
                    producer.send(new ProducerRecord<>(topic, partition, "old", PreviewsTest.preview("j", "old", 4)))
                            .get();
                }

                // When
                try (TopicFollower<ImagePreview> reader = PreviewsReader.start(config, previews, "deleted/0"::equals)) {
                    assertThat(reader).isNotNull();
                    int[] sent = new int[1];
                    await().atMost(TIMEOUT).until(() -> {
                        producer.send(new ProducerRecord<>(
                                        topic, "deleted/0", PreviewsTest.preview("j", "deleted/0", 4)))
                                .get();
                        String id = "new/" + sent[0]++;
                        producer.send(new ProducerRecord<>(topic, id, PreviewsTest.preview("j", id, 4)))
                                .get();
                        return previews.size() > 0;
                    });

                    // Then
                    assertThat(previews.find("j", "old")).isEmpty();
                    assertThat(previews.find("j", "deleted/0")).isEmpty();
                }
            }
        }
    }
}
