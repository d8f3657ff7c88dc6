package org.dallemini.stack;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A long job is given up in the middle, beside another that is not, with the shipped model. */
class CancelIT {
    private static final Logger log = LoggerFactory.getLogger(CancelIT.class);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PER_PROMPT = 64;

    /** More, to measure: {@code -Ddallemini.test.cancel.images=10000}. */
    private static final int PROMPTS = Integer.getInteger("dallemini.test.cancel.images", 1280) / PER_PROMPT;

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private String jobs = "";

    private JsonNode send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        return JSON.readTree(response.body());
    }

    private JsonNode post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(jobs + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private JsonNode awaitJob(String id, Predicate<JsonNode> condition) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> send(HttpRequest.newBuilder(URI.create(jobs + "/" + id))), condition);
    }

    /** The names of the events of a job that has ended. */
    private List<String> events(String id) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(jobs + "/" + id + "/events")).build();
        return client.send(request, BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith("event: "))
                .map(line -> line.substring("event: ".length()))
                .toList();
    }

    @Test
    void shouldGiveALongJobUpAtOnceAndDrawTheOther() throws Exception {
        // Given
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        Map<String, String> settings = new HashMap<>(Map.of(
                "model",
                model.toString(),
                "model.cache",
                folder.resolve("models").toString()));
        StackSettings wanted =
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings);
        try (EmbeddedStack stack = EmbeddedStack.start(wanted, phase -> {})) {
            jobs = stack.apiUrl();
            String prompt = "{\"text\":\"a red circle\",\"lane\":\"BULK\",\"count\":" + PER_PROMPT + "}";
            post(
                    "",
                    "{\"id\":\"long\",\"prompts\":["
                            + IntStream.range(0, PROMPTS).mapToObj(i -> prompt).collect(Collectors.joining(","))
                            + "]}");
            awaitJob(
                    "long",
                    job -> job.path("requested").asInt() == PROMPTS * PER_PROMPT
                            && job.path("tokensDrawn").asInt() > 0);
            post("", "{\"id\":\"short\",\"prompts\":[{\"text\":\"a green square\",\"count\":2}]}");

            // When
            long start = System.nanoTime();
            JsonNode accepted = post("/long/cancel", "");
            assertThat(accepted.path("cancelRequestedAt").asText()).isNotEmpty();

            // Then
            JsonNode ended = awaitJob("long", job -> job.path("state").asText().equals("canceled"));
            log.info("{} images were given up within {} ms: {}", ended.path("canceled"), millisSince(start), ended);
            assertThat(ended.path("stored").asInt()).isPositive().isLessThan(PROMPTS * PER_PROMPT / 2);
            assertThat(ended.path("canceled").asInt() + ended.path("stored").asInt())
                    .isEqualTo(PROMPTS * PER_PROMPT);
            assertThat(ended.path("failed").asInt()).isZero();
            JsonNode other = awaitJob("short", job -> job.path("stored").asInt() == 2);
            assertThat(other.path("state").asText()).isEqualTo("completed");
            assertThat(post("/short/cancel", "").path("code").asText()).isEqualTo("job-ended");
            assertThat(events("short")).containsExactly("status", "image", "image", "end");
            assertThat(events("long")).startsWith("status", "image").endsWith("image", "end");
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
