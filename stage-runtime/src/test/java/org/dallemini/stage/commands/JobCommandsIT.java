package org.dallemini.stage.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.JobAction;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands through a real broker and a real registry. */
class JobCommandsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    @Test
    void shouldTellEveryFollowerWhatIsCanceledThroughTroublesAndRestarts() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0);
            String url = registry.url();
            StageConfig config = config(kafka, url);

            // Given: a topic that is missing at first
            try (JobCommandFollower follower = JobCommandFollower.start(config);
                    JobCommandPublisher publisher = new JobCommandPublisher(config)) {
                await().atMost(TIMEOUT).until(() -> follower.trouble().contains("topic job-commands does not exist"));
                try (Admin admin = Admin.create(config.admin())) {
                    TopicPlan.of(config).apply(admin);
                }
                new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), config.topics())
                        .register();
                await().atMost(TIMEOUT).until(() -> follower.trouble().isEmpty());

                // When
                publisher.publish("given-up", JobAction.CANCEL);
                publisher.publish("resumed", JobAction.CANCEL);
                publishBytes(config, "nonsense");
                publisher.publish("resumed", JobAction.RESUME);

                // Then
                await().atMost(TIMEOUT).until(() -> follower.isCanceled("given-up"));
                await().atMost(TIMEOUT).until(() -> !follower.isCanceled("resumed"));
                assertThat(follower.isCanceled("other")).isFalse();
            }

            // And: another process that knows no schema yet, while the registry is away
            registry.close();
            try (JobCommandFollower other = JobCommandFollower.start(config)) {
                await().atMost(TIMEOUT).until(() -> other.trouble().contains(url));
                assertThat(other.isCanceled("given-up")).isFalse();
                int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
                try (EmbeddedSchemaRegistry back = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), port)) {
                    assertThat(back.url()).isEqualTo(url);
                    await().atMost(TIMEOUT).until(() -> other.isCanceled("given-up"));
                    assertThat(other.isCanceled("resumed")).isFalse();
                    assertThat(other.trouble()).isEmpty();
                }
            }
        }
    }

    private static StageConfig config(EmbeddedKafka kafka, String registry) {
        return new StageConfig(
                StageConfig.definition(),
                Map.of(
                        StageConfig.BOOTSTRAP_SERVERS,
                        kafka.bootstrapServers(),
                        StageConfig.SCHEMA_REGISTRY_URL,
                        registry,
                        StageConfig.TOPIC_PARTITIONS,
                        "2"));
    }

    private static void publishBytes(StageConfig config, String text) throws Exception {
        try (var producer =
                new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            String topic = config.topics().jobCommands();
            producer.send(new ProducerRecord<>(topic, text.getBytes(UTF_8), text.getBytes(UTF_8)))
                    .get();
            producer.send(new ProducerRecord<>(topic, text.getBytes(UTF_8), null))
                    .get();
        }
    }
}
