package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.dallemini.events.JobState;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Origins;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.model.DrawingModel;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.ingest.page.PageRoutes;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.tracing.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What HTTP has besides GET and POST, as it lies on the wire. */
class MethodsTest {
    private static final String APP = "https://app.example.org";

    @TempDir
    private Path folder;

    private final FakeJobs jobs = new FakeJobs();
    private final MapStore store = new MapStore();
    private final JobWatch watch = new JobWatch(jobs);
    private JobEvents events;
    private String key;
    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        TrustedEvents.allow();
        StoredImage image = Records.stored(Records.request("j", "p", 0, 1));
        jobs.put(image);
        jobs.put(Records.job("j", JobState.COMPLETED, 1, image.getStoreTiming().getStartedAt())
                .setStored(1)
                .build());
        store.create(image.getKey(), new byte[] {1, 2, 3, -1}, "image/png", Map.of());
        serve(new Origins(Set.of(APP, "http://localhost:3000")));
    }

    private void serve(Origins origins) throws IOException {
        events =
                new JobEvents(jobs, watch, new Previews(System::nanoTime), image -> Map.of(), JobEvents.Timing.DEFAULT);
        ImageResource images = Images.of(jobs, Optional.of(store), Optional.empty());
        List<Route> routes = new ArrayList<>(events.routes());
        routes.addAll(PageRoutes.of());
        routes.add(new DrawingModel(Optional.of(ModelCard.named("m")), Optional::empty).route());
        routes.add(new Route(
                "GET", "/v1/images/{id}", Role.READ, call -> Answer.json(200, images.json(images.find("j", "p/0")))));
        routes.add(new Route(
                "GET",
                "/v1/jobs/{id}/images/{prompt}/{index}/content",
                Role.READ,
                call -> Answer.bytes(
                        200, "image/png", images.content(images.find("j", "p/0")), Map.of("ETag", "\"e\""))));
        routes.add(new Route("POST", "/v1/jobs/{id}/cancel", Role.SUBMIT, call -> {
            call.refuseForeignPages();
            return Answer.json(202, Map.of("canceled", true));
        }));
        key = ApiKey.draw(new SecureRandom());
        Path keys = folder.resolve("keys");
        KeysFile.write(keys, List.of(ApiKey.of("k" + keys.hashCode(), Set.of(Role.SUBMIT), key)));
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(
                        routes,
                        KeyAccess.of(keys, new FilterModes(FilterMode.REFUSE, false)),
                        1000,
                        origins,
                        List.of(),
                        Tracing.OFF),
                events::close,
                () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
        watch.close();
    }

    /** @param headers in lower case, without those that are different for each answer */
    private record Raw(int status, Map<String, String> headers, byte[] body) {}

    private Raw ask(String method, String path, String... headers) throws IOException {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        try (Socket socket = new Socket("127.0.0.1", server.port());
                InputStream in = socket.getInputStream()) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(UTF_8));
            byte[] all = in.readAllBytes();
            String text = new String(all, ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            String[] lines = text.substring(0, end).split("\r\n");
            Map<String, String> given = new TreeMap<>();
            for (int i = 1; i < lines.length; i++) {
                String[] header = lines[i].split(": ", 2);
                given.merge(header[0].toLowerCase(Locale.ROOT), header[1], (a, b) -> a + ", " + b);
            }
            given.remove("date");
            return new Raw(
                    Integer.parseInt(lines[0].split(" ")[1]), given, Arrays.copyOfRange(all, end + 4, all.length));
        }
    }

    private String bearer() {
        return "Authorization: Bearer " + key;
    }

    @Test
    void shouldAnswerHeadAsGetWithoutTheContent() throws IOException {
        for (String path : List.of(
                "/",
                "/page/main.js",
                "/v1/model-card",
                "/v1/images/x",
                "/v1/jobs/j/images/p/0/content",
                "/v1/no/such")) {
            // When
            Raw got = ask("GET", path, bearer());
            Raw head = ask("HEAD", path, bearer());

            // Then
            assertThat(head.status()).as(path).isEqualTo(got.status());
            assertThat(head.headers()).as(path).isEqualTo(got.headers());
            assertThat(head.headers().get("content-length")).isEqualTo(Integer.toString(got.body().length));
            assertThat(got.body()).isNotEmpty();
            assertThat(head.body()).as(path).isEmpty();
        }
        assertThat(ask("HEAD", "/v1/images/x").status()).isEqualTo(401);
        assertThat(ask("HEAD", "/v1/jobs/j/cancel", bearer()).status()).isEqualTo(405);
    }

    @Test
    void shouldNotKeepAStreamOpenForItsHeaders() throws IOException {
        // When
        Raw head = ask("HEAD", "/v1/jobs/j/events", bearer());
        Raw unknown = ask("HEAD", "/v1/jobs/nobody/events", bearer());

        // Then
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.headers()).containsEntry("content-type", "text/event-stream");
        assertThat(head.body()).isEmpty();
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(events.open()).isZero();
    }

    @Test
    void shouldSayWhatMayBeDoneAtAPath() throws IOException {
        Raw read = ask("OPTIONS", "/v1/images/x");
        assertThat(read.status()).isEqualTo(204);
        assertThat(read.headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
        assertThat(read.body()).isEmpty();
        assertThat(ask("OPTIONS", "/v1/jobs/j/cancel").headers()).containsEntry("allow", "POST, OPTIONS");
        assertThat(ask("OPTIONS", "/v1/no/such").status()).isEqualTo(404);
        for (String method : List.of("PUT", "PATCH", "DELETE", "TRACE", "POST", "BREW")) {
            Raw refused = ask(method, "/v1/images/x", "Content-Length: 0");
            assertThat(refused.status()).as(method).isEqualTo(405);
            assertThat(refused.headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
        }
        assertThat(ask("OPTIONS", "*").status()).isBetween(200, 499);
    }

    @Test
    void shouldLetPagesThatAreNamedUseIt() throws IOException {
        // When: a browser asks first, without the key
        Raw preflight = ask(
                "OPTIONS",
                "/v1/jobs/j/cancel",
                "Origin: " + APP,
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization, content-type, x-stainless-lang");

        // Then
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.headers())
                .containsEntry("access-control-allow-origin", APP)
                .containsEntry("access-control-allow-methods", "POST, OPTIONS")
                .containsEntry("access-control-allow-headers", "authorization, content-type, x-stainless-lang")
                .containsEntry("vary", "Origin")
                .doesNotContainKey("access-control-allow-credentials");

        // When, Then: and then with it; what is refused can be read too
        Raw canceled = ask(
                "POST",
                "/v1/jobs/j/cancel",
                "Origin: " + APP,
                "Sec-Fetch-Site: cross-site",
                "Content-Length: 0",
                bearer());
        assertThat(canceled.status()).isEqualTo(202);
        assertThat(canceled.headers()).containsEntry("access-control-allow-origin", APP);
        Raw unknown = ask("GET", "/v1/images/x", "Origin: http://localhost:3000");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.headers())
                .containsEntry("access-control-allow-origin", "http://localhost:3000")
                .containsKey("access-control-expose-headers");
        Raw malformed = ask("GET", "/v1/%2e%2e/x", "Origin: " + APP);
        assertThat(malformed.status()).isEqualTo(400);
        assertThat(malformed.headers()).containsEntry("access-control-allow-origin", APP);
    }

    @Test
    void shouldTellOtherPagesNothing() throws IOException {
        for (String origin : List.of(
                "https://evil.example", "null", APP + ".evil.example", "http://app.example.org", APP + ":8443", "*")) {
            Raw preflight =
                    ask("OPTIONS", "/v1/jobs/j/cancel", "Origin: " + origin, "Access-Control-Request-Method: POST");
            assertThat(preflight.headers().keySet()).as(origin).noneMatch(name -> name.startsWith("access-control"));
            Raw got = ask("GET", "/v1/images/x", "Origin: " + origin, bearer());
            assertThat(got.headers())
                    .doesNotContainKey("access-control-allow-origin")
                    .containsEntry("vary", "Origin");
            Raw canceled = ask(
                    "POST",
                    "/v1/jobs/j/cancel",
                    "Origin: " + origin,
                    "Sec-Fetch-Site: cross-site",
                    "Content-Length: 0",
                    bearer());
            assertThat(canceled.status()).isEqualTo(403);
        }
    }

    @Test
    void shouldKnowNothingOfOtherPagesUnlessToldTo() throws IOException {
        // Given
        server.close();
        serve(new PromptIngestConfig(Map.of()).api().origins());

        // When, Then
        Raw preflight = ask("OPTIONS", "/v1/jobs/j/cancel", "Origin: " + APP, "Access-Control-Request-Method: POST");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
        assertThat(preflight.headers()).doesNotContainKey("vary");
    }

    @Test
    void shouldTakeOriginsAndNothingElseForOrigins() {
        for (String origin : List.of(
                "https://app.example.org", "http://localhost:3000", "HTTPS://App.Example.org", "http://[::1]:8080")) {
            assertThat(new PromptIngestConfig(Map.of("api.cors.origins", origin))
                            .api()
                            .origins())
                    .isNotNull();
        }
        for (String other : List.of(
                "*", "app.example.org", "https://app.example.org/", "https://*.example.org", "null", "ftp://x")) {
            assertThatThrownBy(() -> new PromptIngestConfig(Map.of("api.cors.origins", other)))
                    .as(other)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("there is no * for all");
        }
    }
}
