package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.ingest.PromptIngest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.Servers;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Role;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.RunningStage;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API refuses, and what a key lets pass, stands on the topic {@code moderation}. */
class RefusalsIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    @Test
    void shouldWriteDownWhatIsRefusedAndWhatAKeyLetsPass() throws IOException {
        String strict = ApiKey.draw(new SecureRandom());
        String lax = ApiKey.draw(new SecureRandom());
        Path keys = dir.resolve("keys");
        KeysFile.write(
                keys,
                List.of(
                        ApiKey.of("strict", Set.of(Role.SUBMIT), strict),
                        ApiKey.of("museum", Set.of(Role.SUBMIT), lax).withPromptFilter(FilterMode.FLAG)));
        try (Servers servers = Servers.start(dir)) {
            Map<String, String> settings = servers.settings(Servers.freshPrefix());
            settings.put("api.port", "0");
            settings.put("s3.access.key", "nobody");
            settings.put("s3.secret.key", "is asked for an image");
            settings.put("api.keys.file", keys.toString());
            settings.put("moderation.release.key", "a secret of the test");
            PromptIngestConfig config = new PromptIngestConfig(settings);
            Servers.createTopicsAndSchemas(config.stage());
            List<RunningStage> process = PromptIngest.startAll(config, new SimpleMeterRegistry());
            try (KafkaConsumer<byte[], byte[]> consumer = consumer(config.stage())) {
                // When: both ask for the same under the same id
                String body = "{\"id\":\"same\",\"prompts\":[\"" + Filters.REFUSED + "\"]}";
                Reply refused = client(process, strict).post("/v1/jobs", body);
                Reply generation = client(process, strict)
                        .post("/v1/images/generations", "{\"prompt\":\"" + Filters.REFUSED + "\"}");
                Reply accepted = client(process, lax).post("/v1/jobs", body);

                // Then
                assertThat(refused.code()).isEqualTo("content-policy");
                assertThat(generation.status()).as(generation.body().toString()).isEqualTo(400);
                assertThat(accepted.status()).as(accepted.body().toString()).isEqualTo(202);
                Map<String, ModerationDecision> decisions = decisions(consumer, config.stage(), 3);
                assertThat(decisions.remove("same")).isNotNull().satisfies(released -> {
                    assertThat(released.getDecision()).isEqualTo(ModerationOutcome.RELEASED);
                    assertThat(released.getReleasedBy()).isEqualTo("key museum");
                    assertThat(released.getReason()).isEqualTo("filter.prompt=flag");
                    assertThat(released.getCategory()).isEqualTo("gore");
                });
                assertThat(decisions).hasSize(2).allSatisfy((key, decision) -> {
                    assertThat(key).matches("api [0-9a-f]{32}");
                    assertThat(decision.getJobId()).isEqualTo(decision.getSubject());
                    assertThat(decision.getDecision()).isEqualTo(ModerationOutcome.REFUSED);
                    assertThat(decision.getLetter()).isNull();
                    assertThat(decision.getReason())
                            .startsWith("refused by the HTTP API to the key strict and not published: text falls under")
                            .doesNotContain("picture");
                });
                assertThat(decisions.values())
                        .extracting(ModerationDecision::getSubject)
                        .contains("same");
            } finally {
                process.forEach(RunningStage::close);
            }
        }
    }

    private static Http client(List<RunningStage> process, String key) {
        return process.stream()
                .filter(ApiServer.class::isInstance)
                .map(stage -> new Http(((ApiServer) stage).port(), key))
                .findFirst()
                .orElseThrow();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(StageConfig config) {
        Map<String, Object> settings = new HashMap<>(config.consumer());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        String topic = config.topics().moderation();
        consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }

    /** By their keys. */
    private static Map<String, ModerationDecision> decisions(
            KafkaConsumer<byte[], byte[]> consumer, StageConfig config, int count) {
        Map<String, ModerationDecision> decisions = new HashMap<>();
        try (Deserializer<ModerationDecision> deserializer =
                EventSerdes.deserializer(ModerationDecision.class, config.serde())) {
            await().atMost(TIMEOUT).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    decisions.put(
                            new String(record.key(), UTF_8),
                            deserializer.deserialize(record.topic(), record.headers(), record.value()));
                }
                return decisions.size() >= count;
            });
        }
        return decisions;
    }
}
