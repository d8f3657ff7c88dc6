package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job by HTTP through all stages, with the shipped model. */
class JobsIT {
    private static final Logger log = LoggerFactory.getLogger(JobsIT.class);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        log.info("{} {}", response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    @Test
    void shouldDrawAJobAndNameTheImageThatFailed() throws Exception {
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
            URI jobs = URI.create(stack.apiUrl());

            // When: one prompt begins with a picture that is none, which only the token generator can tell
            send(HttpRequest.newBuilder(jobs)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("""
                                    {"id": "shapes", "labels": {"campaign": "spring"}, "prompts": [
                                      {"text": "a red circle on a blue background", "count": 2},
                                      {"text": "a green square", "prefix": {"picture": "bm8gcGljdHVyZQ==", "rows": 2}}]}
                                    """)));

            // Then
            JsonNode ended = await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(
                            () -> send(HttpRequest.newBuilder(URI.create(jobs + "/shapes"))),
                            job -> job.path("state").asText().equals("failed"));
            assertThat(ended.path("requested").asInt()).isEqualTo(3);
            assertThat(ended.path("stored").asInt()).isEqualTo(2);
            assertThat(ended.path("failed").asInt()).isEqualTo(1);
            assertThat(ended.path("failures").path(0).path("subject").asText()).isEqualTo("shapes.1/0");
            assertThat(ended.path("failures").path(0).path("code").asText()).isEqualTo("invalid-prefix");
            assertThat(ended.path("failures").path(0).path("stage").asText()).isEqualTo("token-generator");
        }
    }
}
