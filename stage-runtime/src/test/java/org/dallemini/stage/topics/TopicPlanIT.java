package org.dallemini.stage.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.embedded.EmbeddedKafka;
import org.dallemini.stage.Durability;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.stage.topics.TopicPlan.Result;
import org.dallemini.stage.topics.TopicPlan.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicPlanIT {
    @TempDir
    Path dir;

    @Test
    void shouldStampPromptsWithTheBrokersClock() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, 0)) {
            // Given
            var config =
                    new StageConfig(StageConfig.definition(), Map.of("bootstrap.servers", kafka.bootstrapServers()));
            try (Admin admin = Admin.create(config.admin())) {
                TopicPlan.of(config).apply(admin);
            }
            long before = System.currentTimeMillis();

            // When: a publisher whose clock says 1970
            try (var producer =
                    new KafkaProducer<>(config.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
                var place = producer.send(new ProducerRecord<>("prompts", null, 0L, null, new byte[1]))
                        .get();

                // Then
                assertThat(place.timestamp()).isGreaterThanOrEqualTo(before);
            }
        }
    }

    @Test
    void shouldCreateWhatIsMissingAndSayWhatDiffers() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir, 0)) {
            var config = new StageConfig(
                    StageConfig.definition(),
                    Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "topic.prefix",
                            "a.",
                            "topic.partitions",
                            "2"));
            TopicPlan plan = TopicPlan.of(config);
            try (Admin admin = Admin.create(config.admin())) {
                // Given
                var other = new NewTopic("a.jobs", Optional.of(1), Optional.empty());
                admin.createTopics(List.of(other)).all().get();
                assertThat(plan.check(admin)).extracting(Result::status).containsOnly(Status.MISSING, Status.DIFFERS);

                // When
                List<Result> first = plan.apply(admin);
                List<Result> second = plan.apply(admin);

                // Then
                var jobs = new Result(
                        "a.jobs",
                        Status.DIFFERS,
                        List.of("cleanup.policy is delete, planned compact", "has 1 partitions, planned 2"));
                assertThat(first)
                        .hasSize(20)
                        .contains(jobs)
                        .contains(new Result("a.images", Status.CREATED, List.of()));
                assertThat(first)
                        .filteredOn(result -> !result.equals(jobs))
                        .extracting(Result::status)
                        .containsOnly(Status.CREATED);
                assertThat(second)
                        .contains(jobs)
                        .filteredOn(result -> !result.equals(jobs))
                        .extracting(Result::status)
                        .containsOnly(Status.UNCHANGED);
                assertThat(plan.check(admin)).isEqualTo(second);
                assertThat(new Durability(config).shortfalls(admin, List.of("a.jobs", "a.images")))
                        .containsExactly("acknowledged records can be lost with a broker: 1 replica instead of 3 on"
                                + " a.images, a.jobs (docs/guarantees.md#what-kafka-must-do)");
            }

            // A megabyte at most, but 32 of them once unpacked
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> publishZeros(config, "a.prompts", 32 << 20))
                    .withCauseInstanceOf(RecordTooLargeException.class);
            publishZeros(config, "a.prompts", 512 << 10);
        }
    }

    private static void publishZeros(StageConfig config, String topic, int bytes) throws Exception {
        var settings = config.producer();
        settings.put("compression.type", "gzip");
        settings.put("max.request.size", 2 * bytes);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, new byte[bytes])).get();
        }
    }
}
