package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.objects.MinioObjectStore;
import org.dallemini.schemas.Topics;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.TopicRecords;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.config.StageConfig;
import org.dallemini.storage.StorageSinkConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images and jobs that were deleted, in the whole pipeline: nothing brings them back. */
class DeletionIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String PROMPT =
            "{\"text\":\"a red circle\",\"count\":2,\"output\":{\"width\":128,\"height\":128,\"format\":\"JPEG\"}}";

    @TempDir
    private Path folder;

    @Test
    void shouldNotLetADeletedImageComeBack() throws Exception {
        List<String> files;
        try (Running stack = new Running()) {
            // Given: an image with a second file and a JSON file, and another
            stack.submit("j", PROMPT);
            stack.awaitJob("j", "completed");
            files = stack.files("j", "j/0");
            List<String> others = stack.files("j", "j/1");
            assertThat(stack.there(files)).hasSize(3);

            // When
            assertThat(stack.delete("/v1/jobs/j/images/j/0").statusCode()).isEqualTo(204);

            // Then
            assertThat(stack.code("/v1/jobs/j/images/j/0")).isEqualTo("deleted-image");
            assertThat(stack.code("/v1/jobs/j/images/j/0/content")).isEqualTo("deleted-image");
            assertThat(stack.ids("/v1/jobs/j/images")).containsExactly("j/1");
            assertThat(stack.ids("/v1/images")).containsExactly("j/1");
            await().atMost(PATIENCE).until(() -> stack.there(files).isEmpty());
            assertThat(stack.there(others)).hasSize(3);
            assertThat(stack.json("/v1/jobs/j").path("stored").asInt()).isEqualTo(2);

            // When: what led to it comes again, picture and tokens
            stack.publishAgain(stack.topics().images(), "j/0");
            stack.publishAgain(stack.topics().imageTokens(), "j/0");

            // Then
            await().atMost(PATIENCE).until(() -> stack.letters("j/0").size() == 2);
            assertThat(stack.letters("j/0")).allSatisfy(letter -> assertThat(header(letter, DeadLetters.CODE))
                    .isEqualTo("deleted"));

            // When: its dead letters are replayed
            InProcess replayed = stack.run("dlq", "replay", "--code", "deleted", "--yes");

            // Then
            assertThat(replayed.exitCode()).as(replayed.err()).isEqualTo(ExitCode.OK);
            await().atMost(PATIENCE).until(() -> stack.letters("j/0").size() == 4);
            assertThat(stack.there(files)).isEmpty();
        }

        // When: all processes start anew
        try (Running stack = new Running()) {
            // Then
            await().atMost(PATIENCE).ignoreExceptions().until(() -> stack.ids("/v1/images"), ids -> !ids.isEmpty());
            assertThat(stack.ids("/v1/images")).containsExactly("j/1");
            assertThat(stack.ids("/v1/jobs/j/images")).containsExactly("j/1");
            await().atMost(PATIENCE)
                    .until(() -> stack.code("/v1/jobs/j/images/j/0").equals("deleted-image"));
            stack.publishAgain(stack.topics().images(), "j/0");
            await().atMost(PATIENCE).until(() -> stack.letters("j/0").size() == 5);
            assertThat(stack.there(files)).isEmpty();

            // When: the whole job is deleted
            List<String> rest = stack.files("j", "j/1");
            assertThat(stack.delete("/v1/jobs/j").statusCode()).isEqualTo(202);

            // Then
            await().atMost(PATIENCE).until(() -> stack.code("/v1/jobs/j").equals("unknown-job"));
            await().atMost(PATIENCE).until(() -> stack.there(rest).isEmpty());
            assertThat(stack.ids("/v1/images")).isEmpty();
            await().atMost(PATIENCE).until(() -> stack.post("j", PROMPT).statusCode() == 410);
            stack.publishAgain(stack.topics().images(), "j/1");
            await().atMost(PATIENCE).until(() -> stack.letters("j/1").size() == 1);
            assertThat(stack.there(rest)).isEmpty();
            assertThat(stack.code("/v1/jobs/j")).isEqualTo("unknown-job");
        }
    }

    @Test
    void shouldDeleteByTheCommandLineOnlyWithYes() throws Exception {
        try (Running stack = new Running()) {
            // Given
            stack.submit("a", PROMPT);
            stack.submit("b", PROMPT);
            stack.awaitJob("a", "completed");
            stack.awaitJob("b", "completed");
            List<String> files = stack.files("a", "a/1");
            List<String> others = stack.files("b", "b/0");

            // When
            InProcess rehearsed = stack.run("images", "rm", "a/1");
            InProcess removed = stack.run("images", "rm", "a/1", "--by", "ann", "--reason", "asked for", "--yes");
            InProcess unknown = stack.run("images", "rm", "a/7");
            InProcess nothing = stack.run("images", "rm");

            // Then
            assertThat(rehearsed.out()).matches("a/1 +images a/1\\.png\\R");
            assertThat(rehearsed.lastWords()).isEqualTo("1 image would be deleted; --yes does it");
            assertThat(removed.exitCode()).as(removed.err()).isEqualTo(ExitCode.OK);
            assertThat(removed.lastWords()).isEqualTo("1 image deleted");
            assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(nothing.exitCode()).isEqualTo(ExitCode.USAGE);
            await().atMost(PATIENCE).until(() -> stack.there(files).isEmpty());
            await().atMost(PATIENCE)
                    .until(() -> stack.code("/v1/jobs/a/images/a/1").equals("deleted-image"));

            // And: who asks where it is, is told
            assertThat(stack.run("inspect", "a/1").out())
                    .containsPattern("image a/1 of job a: deleted \\S+Z by ann: asked for")
                    .contains("is not there any more");

            // When
            InProcess job = stack.run("images", "rm", "--job", "b", "--yes");

            // Then
            assertThat(job.lastWords()).isEqualTo("2 images and the job deleted");
            await().atMost(PATIENCE).until(() -> stack.there(others).isEmpty());
            await().atMost(PATIENCE).until(() -> stack.code("/v1/jobs/b").equals("unknown-job"));
            assertThat(stack.ids("/v1/images")).containsExactly("a/0");
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** The embedded stack on the same data, started anew each time. */
    private final class Running implements AutoCloseable {
        private final Path data = folder.resolve("stack");
        private final EmbeddedStack stack;
        private final StageConfig config;
        private final MinioObjectStore bucket;

        private Running() throws Exception {
            Map<String, String> settings = new HashMap<>();
            settings.put("model", InProcess.ROOT.resolve("models/shapes").toString());
            settings.put("model.cache", folder.resolve("models").toString());
            settings.put("sidecar", "true");
            stack = EmbeddedStack.start(
                    new StackSettings(data, 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings), phase -> {});
            config = new StageConfig(StageConfig.definition(), stack.settings());
            bucket = new MinioObjectStore(new StorageSinkConfig(stack.settings()).s3());
        }

        private Topics topics() {
            return config.topics();
        }

        private InProcess run(String... arguments) {
            return InProcess.onStack(folder, data, arguments);
        }

        private URI api(String path) {
            return URI.create(stack.apiUrl()).resolve(path);
        }

        private HttpResponse<String> post(String id, String prompt) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(api("/v1/jobs"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"id\":\"" + id + "\",\"prompts\":[" + prompt + "]}"))
                    .build();
            return HTTP.send(request, BodyHandlers.ofString());
        }

        private void submit(String id, String prompt) throws Exception {
            HttpResponse<String> answer = post(id, prompt);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }

        private void awaitJob(String job, String state) {
            await().atMost(PATIENCE)
                    .until(() -> json("/v1/jobs/" + job).path("state").asText().equals(state));
        }

        private JsonNode json(String path) throws Exception {
            return JSON.readTree(HTTP.send(HttpRequest.newBuilder(api(path)).build(), BodyHandlers.ofString())
                    .body());
        }

        private String code(String path) throws Exception {
            return json(path).path("code").asText();
        }

        private List<String> ids(String path) throws Exception {
            List<String> ids = new ArrayList<>();
            json(path).path("images").forEach(image -> ids.add(image.path("id").asText()));
            return ids;
        }

        private HttpResponse<String> delete(String path) throws Exception {
            return HTTP.send(HttpRequest.newBuilder(api(path)).DELETE().build(), BodyHandlers.ofString());
        }

        /** Keys of the image, of the JSON beside it and of its second file, once all are known. */
        private List<String> files(String job, String image) {
            JsonNode known = await().atMost(PATIENCE)
                    .until(() -> json("/v1/jobs/" + job + "/images/" + image), json -> json.has("rendition"));
            String key = known.path("key").asText();
            return List.of(
                    key, key + ".json", known.path("rendition").path("key").asText());
        }

        private List<String> there(List<String> keys) throws Exception {
            List<String> found = new ArrayList<>();
            for (String key : keys) {
                if (bucket.stat(key).isPresent()) {
                    found.add(key);
                }
            }
            return found;
        }

        private void publishAgain(String topic, String key) throws Exception {
            ConsumerRecord<String, byte[]> record = find(topic, key).orElseThrow();
            try (var producer =
                    new KafkaProducer<>(config.producer(), new StringSerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(topic, null, record.key(), record.value(), record.headers()))
                        .get();
            }
        }

        private Optional<ConsumerRecord<String, byte[]>> find(String topic, String key) {
            return records(topic).stream()
                    .filter(record -> record.key().equals(key))
                    .findFirst();
        }

        /** What the storage sink refused of an image. */
        private List<ConsumerRecord<String, byte[]>> letters(String image) {
            return records(Topics.deadLetters(topics().images())).stream()
                    .filter(letter -> letter.key().equals(image))
                    .toList();
        }

        private List<ConsumerRecord<String, byte[]>> records(String topic) {
            return TopicRecords.read(config, topic);
        }

        @Override
        public void close() {
            bucket.close();
            stack.close();
        }
    }
}
