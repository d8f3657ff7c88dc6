package org.dallemini.ingest.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.schemas.EventSchemas;
import org.dallemini.schemas.SchemaRegistration;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.serde.SchemaRegistryClient;
import org.dallemini.stage.TopicFollower;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real broker and a real registry. */
@SuppressWarnings("FutureReturnValueIgnored") // what was not sent is missed later on
class JobsReaderIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final FakeJobs known = new FakeJobs();

    private static JobStatus job(String id, long submittedAt) {
        return Records.job(id, JobState.PENDING, 1, Instant.ofEpochMilli(submittedAt))
                .build();
    }

    private static List<String> ids(NewestJobs jobs) {
        return jobs.list(job -> true, null, 10).jobs().stream()
                .map(JobStatus::getJobId)
                .toList();
    }

    @Test
    void shouldKnowWhatWasThereAndWhatComesAndGoes() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0);
                EmbeddedSchemaRegistry registry = EmbeddedSchemaRegistry.start(kafka.bootstrapServers(), 0)) {
            StageConfig config = new StageConfig(
                    StageConfig.definition(),
                    new HashMap<>(Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "schema.registry.url",
                            registry.url(),
                            "topic.partitions",
                            "2",
                            "topic.replication",
                            "1")));
            try (Admin admin = Admin.create(config.admin())) {
                TopicPlan.of(config).apply(admin);
            }
            new SchemaRegistration(new SchemaRegistryClient(config.serde()), EventSchemas.load(), new Topics(""))
                    .register();
            String topic = config.topics().jobs();
            NewestJobs newest = new NewestJobs(known);
            assertThat(newest.isComplete()).isFalse();
            try (Serializer<JobStatus> values = EventSerdes.serializer(config.serde());
                    var producer = new KafkaProducer<>(
                            config.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
                // Given: also what is no job
                put(producer, values, topic, 0, job("b", 2));
                put(producer, values, topic, 1, job("a", 3));
                producer.send(new ProducerRecord<>(topic, "no job".getBytes(UTF_8), "rubbish".getBytes(UTF_8)));
                producer.flush();

                // When, Then
                try (TopicFollower<JobStatus> reader = JobsReader.start(config, newest)) {
                    await().atMost(TIMEOUT).until(newest::isComplete);
                    assertThat(ids(newest)).containsExactly("a", "b");
                    put(producer, values, topic, 0, job("z", 9));
                    await().atMost(TIMEOUT)
                            .untilAsserted(() -> assertThat(ids(newest)).containsExactly("z", "a", "b"));
                    forget(producer, topic, 1, "a");
                    await().atMost(TIMEOUT)
                            .untilAsserted(() -> assertThat(newest.size()).isEqualTo(2));
                    assertThat(ids(newest)).containsExactly("z", "b");
                }
            }
        }
    }

    private void put(
            Producer<byte[], byte[]> producer,
            Serializer<JobStatus> values,
            String topic,
            int partition,
            JobStatus job) {
        known.put(job);
        byte[] key = job.getJobId().getBytes(UTF_8);
        producer.send(new ProducerRecord<>(topic, partition, key, values.serialize(topic, job)));
        producer.flush();
    }

    private static void forget(Producer<byte[], byte[]> producer, String topic, int partition, String jobId) {
        byte @Nullable [] nothing = null;
        producer.send(new ProducerRecord<>(topic, partition, jobId.getBytes(UTF_8), nothing));
        producer.flush();
    }
}
