package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    private final FixedStage one = new FixedStage("one");
    private final FixedStage two = new FixedStage("two");
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private ManagementServer server;

    @BeforeEach
    void start() {
        server = ManagementServer.start("127.0.0.1", 0, List.of(one, two), registry);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldBeReadyWhenAllStagesAre() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body())
                .isEqualToIgnoringNewLines(
                        "{\"ok\":true,\"stages\":[{\"name\":\"one\",\"state\":\"RUNNING\",\"detail\":\"\"},"
                                + "{\"name\":\"two\",\"state\":\"RUNNING\",\"detail\":\"\"}]}");
    }

    @Test
    void shouldBeAliveButNotReadyWhileAStageWaits() throws Exception {
        two.health = new Health(State.TROUBLED, "the \"registry\" is down");

        assertThat(get("/livez").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).contains("TROUBLED", "the \\\"registry\\\" is down");
    }

    @Test
    void shouldNotBeAliveWhenAStageHasFailed() throws Exception {
        one.health = new Health(State.FAILED, "no rights");

        assertThat(get("/livez").statusCode()).isEqualTo(503);
    }

    @Test
    void shouldServeMetricsInPrometheusFormat() throws Exception {
        registry.counter(Metrics.ITEMS, Metrics.STAGE, "one", Metrics.OUTCOME, "completed")
                .increment(3);

        HttpResponse<String> response = get("/metrics");

        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(response.body()).contains("dallemini_items_total{outcome=\"completed\",stage=\"one\"} 3.0");
    }

    @Test
    void shouldRefuseOtherPathsAndMethods() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        var post = HttpRequest.newBuilder(uri("/livez"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(post, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void shouldServeWhatStagesHaveOfTheirOwn() throws Exception {
        // Given
        two.endpoints = Map.of("/echo", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(exchange.getRequestBody().readAllBytes());
        });

        // When
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri("/echo"))
                                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                                .build(),
                        BodyHandlers.ofString());

        // Then
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("hello");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayWhichPortIsTakenAndStartNothingWithoutAPort() {
        var taken = config(Integer.toString(server.port()));

        assertThatThrownBy(() -> ManagementServer.start(taken, List.of(), registry))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(Integer.toString(server.port()))
                .hasMessageContaining("management.port");
        assertThat(ManagementServer.start(config("-1"), List.of(), registry)).isNull();
    }

    private static StageConfig config(String port) {
        return new StageConfig(StageConfig.definition(), Map.of(StageConfig.MANAGEMENT_PORT, port));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static final class FixedStage implements RunningStage {
        private final String name;
        private volatile Health health = new Health(State.RUNNING, "");
        private volatile Map<String, HttpHandler> endpoints = Map.of();

        FixedStage(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Health health() {
            return health;
        }

        @Override
        public Map<String, HttpHandler> endpoints() {
            return endpoints;
        }

        @Override
        public boolean awaitTermination(Duration timeout) {
            return false;
        }

        @Override
        public void close() {}
    }
}
