package org.dallemini.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.StackSettings.Stages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/metrics.md is what a pipeline that has worked tells of itself. */
class MetricsIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void shouldDocumentEveryMetricOfThePipelineAsItIs() throws Exception {
        Map<String, String> settings = Map.of(
                "model",
                Chart.ROOT.resolve("models/shapes").toString(),
                "model.cache",
                folder.resolve("models").toString());
        try (var stack = EmbeddedStack.start(
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, Stages.ALL, settings), phase -> {})) {
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> get(stack.managementUrl() + "/readyz").statusCode() == 200);

            // Given: an image that came through all stages, and a prompt that the filter refuses
            assertThat(generate(stack, "a red circle").statusCode()).isEqualTo(200);
            assertThat(generate(stack, "a picture of gore").statusCode()).isEqualTo(400);

            // When
            String scrape = get(stack.managementUrl() + "/metrics").body();
            Files.writeString(Chart.ROOT.resolve("deploy/target/metrics.txt"), scrape);
            String table = MetricsPage.ofScrape(scrape).table();
            Files.writeString(Chart.ROOT.resolve("deploy/target/metrics.md"), table + "\n");

            // Then
            for (String stage : Chart.STAGES) {
                assertThat(scrape).contains("dallemini_stage_ready{stage=\"" + stage + "\"} 1.0\n");
            }
            assertThat(Files.readString(Chart.ROOT.resolve("docs/metrics.md")))
                    .as("deploy/target/metrics.md has the table as it should be")
                    .contains("\n" + table + "\n");
            assertThat(table).doesNotContain("|  |\n");
        }
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> generate(EmbeddedStack stack, String prompt) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(stack.apiUrl().replace("/v1/jobs", "/v1/images/generations")))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"" + prompt + "\"}"))
                        .build(),
                BodyHandlers.ofString());
    }
}
