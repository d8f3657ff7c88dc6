package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.AvroDeserializer;
import org.dallemini.serde.AvroSerializer;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All stages on Confluent's own serializer and deserializer, from prompt to object. */
class ConfluentPipelineIT {
    private static final String SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
    private static final String DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";
    private static final Path CLASSES = InProcess.ROOT.resolve("system-tests/target/confluent");

    @TempDir
    Path folder;

    @Test
    void shouldDrawWithConfluentsSerdesInEveryStage() throws Exception {
        try (StageProcesses stages = StageProcesses.start(
                folder,
                StageProcesses.ALL,
                Map.of(StageConfig.VALUE_SERIALIZER, SERIALIZER, StageConfig.VALUE_DESERIALIZER, DESERIALIZER),
                List.of("-Xlog:class+init=info:file=" + folder.resolve("%stage.classes")),
                List.of(CLASSES))) {
            Topics topics = stages.config().topics();

            // When: one prompt over HTTP, one by another producer, and a record that is none
            var answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(stages.jobs())
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"id\":\"posted\",\"prompts\":[{\"text\":\"a red circle\",\"count\":2}]}"))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            publish(stages, "foreign");

            // Then
            Map<String, ConsumerRecord<String, byte[]>> stored = stages.records(topics.storedImages(), 3);
            assertThat(stored).containsOnlyKeys("posted/0", "posted/1", "foreign/0");
            try (var values = EventSerdes.deserializer(
                            StoredImage.class, stages.config().serde());
                    var store = new MinioObjectStore(new StorageSinkConfig(stages.serverSettings()).s3())) {
                for (ConsumerRecord<String, byte[]> record : stored.values()) {
                    StoredImage image = values.deserialize(record.topic(), record.value());
                    try (var content = store.get(image.getKey())) {
                        assertThat(content.readAllBytes()).startsWith(0x89, 'P', 'N', 'G');
                    }
                }
            }
            ConsumerRecord<String, byte[]> letter = stages.records(Topics.deadLetters(topics.prompts()), 1)
                    .values()
                    .iterator()
                    .next();
            assertThat(header(letter, DeadLetters.CODE)).isEqualTo("undecodable-record");
            assertThat(header(letter, DeadLetters.MESSAGE)).contains("Unknown magic byte!");
            for (String stage : StageProcesses.ALL) {
                String initialized = Files.readString(folder.resolve(stage + ".classes"));
                assertThat(initialized).contains(internal(SERIALIZER)).contains(internal(DESERIALIZER));
                assertThat(initialized)
                        .doesNotContain(internal(AvroSerializer.class.getName()))
                        .doesNotContain(internal(AvroDeserializer.class.getName()));
            }
        }
    }

    /** As the log of the JVM has it. */
    private static String internal(String className) {
        return "'" + className.replace('.', '/') + "'";
    }

    private static void publish(StageProcesses stages, String id) {
        String topic = stages.config().topics().prompts();
        PromptRequest prompt = PromptRequest.newBuilder()
                .setText("a green square")
                .setId(id)
                .setLane(Lane.INTERACTIVE)
                .build();
        try (var values = EventSerdes.<PromptRequest>serializer(stages.config().serde());
                var producer = new KafkaProducer<>(
                        stages.config().producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, id.getBytes(UTF_8), values.serialize(topic, prompt)));
            producer.send(new ProducerRecord<>(topic, new byte[] {1}, "{\"text\":\"a cat\"}".getBytes(UTF_8)));
        }
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(
                Objects.requireNonNull(record.headers().lastHeader(name)).value(), UTF_8);
    }
}
