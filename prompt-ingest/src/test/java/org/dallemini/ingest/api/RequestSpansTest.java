package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.dallemini.ingest.ToldSpans;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Origins;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.junit.jupiter.api.Test;

/** Which requests have spans, and what these say. */
class RequestSpansTest {
    @Test
    void shouldTellOfRequestsThatChangeSomethingByTheirRoutes() throws Exception {
        // Given
        var spans = new ToldSpans();
        var routes = List.of(
                new Route("GET", "/v1/jobs/{id}", null, call -> Answer.nothing(Map.of())),
                new Route("POST", "/v1/jobs/{id}/retry", null, call -> Answer.json(202, Map.of())),
                new Route("DELETE", "/v1/jobs/{id}", null, call -> {
                    throw new RefusedRequestException(Problem.of(409, "job-running", "It runs."));
                }),
                new Route("POST", "/v1/jobs", null, call -> {
                    throw new IllegalStateException("a mistake of ours");
                }));
        try (ApiServer server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(routes, new LoopbackAccess(), 1000, Origins.NONE, List.of(), spans),
                () -> {},
                () -> {})) {
            // When
            send(server, "GET", "/v1/jobs/a");
            send(server, "HEAD", "/v1/jobs/a");
            send(server, "OPTIONS", "/v1/jobs/a");
            send(server, "POST", "/elsewhere");
            send(server, "POST", "/v1/jobs/a/retry");
            send(server, "DELETE", "/v1/jobs/a");
            send(server, "POST", "/v1/jobs");

            // Then
            await().until(() -> spans.ended().size() == 3);
            assertThat(spans.ended())
                    .containsExactlyInAnyOrder(
                            "POST /v1/jobs/{id}/retry, 202", "DELETE /v1/jobs/{id}, 409", "POST /v1/jobs, 500");
        }
    }

    private static void send(ApiServer server, String method, String path) throws Exception {
        HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.discarding());
    }
}
