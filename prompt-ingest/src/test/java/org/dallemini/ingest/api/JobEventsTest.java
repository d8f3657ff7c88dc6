package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.ingest.FastAwait.await;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.JobState;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.json.ImageJson;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.serde.TrustedEvents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events over HTTP, without Kafka behind them. */
class JobEventsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final JobEvents.Timing TIMING =
            new JobEvents.Timing(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1));

    private final FakeJobs jobs = new FakeJobs();
    private final JobWatch watch = new JobWatch(jobs);
    private final Previews previews = new Previews(System::nanoTime);
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Listening> listening = new CopyOnWriteArrayList<>();
    private JobEvents events;
    private ApiServer server;
    private int changes;

    @BeforeEach
    void start() {
        TrustedEvents.allow();
        serve(TIMING);
    }

    private static Map<String, Object> withUrl(StoredImage image) {
        Map<String, Object> fields = ImageJson.image(image);
        fields.put("url", "https://signed/" + image.getKey());
        return fields;
    }

    private void serve(JobEvents.Timing timing) {
        events = new JobEvents(jobs, watch, previews, JobEventsTest::withUrl, timing);
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(events.routes(), new LoopbackAccess(), 1000),
                events::close,
                () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
        watch.close();
    }

    /** Of one connection. */
    private record Event(String name, String id, String data) {}

    /** A client that reads as long as there is something to read. */
    private final class Listening {
        private final List<Event> events = new CopyOnWriteArrayList<>();
        private final List<String> comments = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final HttpResponse<InputStream> response;

        Listening(String path, @Nullable String lastEventId) throws Exception {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            response = client.send(request.build(), BodyHandlers.ofInputStream());
            listening.add(this);
            Thread reader = new Thread(this::read, "listening");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                String name = "";
                String id = "";
                String data = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(":")) {
                        comments.add(line);
                    } else if (line.startsWith("event: ")) {
                        name = line.substring(7);
                    } else if (line.startsWith("id: ")) {
                        id = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        data = line.substring(6);
                    } else if (line.isEmpty() && !name.isEmpty()) {
                        events.add(new Event(name, id, data));
                        name = "";
                        id = "";
                    }
                }
                ended.complete(null);
            } catch (Exception e) {
                ended.completeExceptionally(e);
            }
        }

        List<String> names() {
            return events.stream().map(Event::name).toList();
        }

        /** The ids of the images it was told of, in that order. */
        List<String> images() {
            return events.stream()
                    .filter(event -> event.name.equals("image"))
                    .map(event -> event.data.replaceFirst(".*?\"id\":\"([^\"]*)\".*", "$1"))
                    .toList();
        }

        String lastId() {
            return events.get(events.size() - 1).id;
        }

        void awaitEnd() {
            await().until(ended::isDone);
            assertThat(ended).isCompleted();
        }
    }

    private Listening listen(String path, @Nullable String lastEventId) throws Exception {
        return new Listening(path, lastEventId);
    }

    private void status(JobState state, int requested, int stored) {
        jobs.put(Records.job("j", state, requested, NOW)
                .setStored(stored)
                .setUpdatedAt(NOW.plusMillis(++changes))
                .build());
    }

    private void store(int index, long millis) {
        store(index, millis, "a red circle");
    }

    private void store(int index, long millis, String text) {
        ImageRequest request = ImageRequest.newBuilder(Records.request("j", "p", index, 1000))
                .setText(text)
                .build();
        jobs.put(Records.stored(request, NOW.plusMillis(millis)));
    }

    @Test
    void shouldTellOfAJobUntilItsEnd() throws Exception {
        // Given: an image is stored before anybody asks
        store(0, 1);
        status(JobState.RUNNING, 2, 1);

        // When
        Listening client = listen("/v1/jobs/j/events", null);

        // Then
        assertThat(client.response.statusCode()).isEqualTo(200);
        assertThat(client.response.headers().firstValue("Content-Type")).contains("text/event-stream");
        await().untilAsserted(() -> assertThat(client.names()).containsExactly("status", "image"));
        assertThat(client.events.get(0).data).contains("\"state\":\"running\"").contains("\"stored\":1");
        assertThat(client.events.get(1).data).contains("\"id\":\"p/0\"").contains("/v1/jobs/j/images/p/0/content");
        await().until(() -> !client.comments.isEmpty());

        // When: the status is known before the image is
        status(JobState.COMPLETED, 2, 2);
        await().untilAsserted(() -> assertThat(client.names()).containsExactly("status", "image", "status"));
        store(1, 2);

        // Then
        client.awaitEnd();
        assertThat(client.names()).containsExactly("status", "image", "status", "image", "end");
        assertThat(client.events.get(1).data).contains("\"url\":\"https://signed/");
        assertThat(client.images()).containsExactly("p/0", "p/1");
        assertThat(client.events.get(4).data).contains("\"state\":\"completed\"");
        assertThat(events.open()).isZero();

        // And: a browser that connects again by itself is told not to
        assertThat(listen("/v1/jobs/j/events", client.lastId()).response.statusCode())
                .isEqualTo(204);
    }

    @Test
    void shouldTellOfImagesThatAreBeingDrawn() throws Exception {
        // Given: one is being drawn before anybody asks
        previews.add(Records.preview("j", "p/0", 4));
        previews.add(Records.preview("other", "q/0", 4));
        status(JobState.RUNNING, 2, 0);

        // When
        Listening client = listen("/v1/jobs/j/events", null);
        Listening withoutImages = listen("/v1/jobs/j/events?images=false", null);
        await().untilAsserted(() -> assertThat(client.names()).containsExactly("status", "preview"));
        previews.add(Records.preview("j", "p/1", 8));
        await().untilAsserted(() -> assertThat(client.names()).containsExactly("status", "preview", "preview"));
        store(0, 1);
        status(JobState.RUNNING, 2, 1);
        await().until(() -> client.images().equals(List.of("p/0")));
        previews.add(Records.preview("j", "p/0", 12)); // late: it is stored
        previews.add(Records.preview("j", "p/1", 12));
        await().until(() -> client.names().size() == 6);
        store(1, 2);
        status(JobState.COMPLETED, 2, 2);
        client.awaitEnd();
        withoutImages.awaitEnd();

        // Then
        List<Event> shown = client.events.stream()
                .filter(event -> event.name().equals("preview"))
                .toList();
        assertThat(shown)
                .extracting(Event::data)
                .containsExactly(
                        "{\"id\":\"p/0\",\"job\":\"j\",\"prompt\":\"p\",\"tokensDrawn\":4,\"rows\":4,\"columns\":4,"
                                + "\"content\":\"/v1/jobs/j/images/p/0/preview\"}",
                        "{\"id\":\"p/1\",\"job\":\"j\",\"prompt\":\"p\",\"tokensDrawn\":8,\"rows\":4,\"columns\":4,"
                                + "\"content\":\"/v1/jobs/j/images/p/1/preview\"}",
                        "{\"id\":\"p/1\",\"job\":\"j\",\"prompt\":\"p\",\"tokensDrawn\":12,\"rows\":4,\"columns\":4,"
                                + "\"content\":\"/v1/jobs/j/images/p/1/preview\"}");
        for (Event event : shown) {
            OpenApiContract.checkSchema("Preview", event.data());
        }
        assertThat(shown).extracting(Event::id).containsOnly(""); // nothing to go on from
        assertThat(withoutImages.names()).doesNotContain("preview").endsWith("end");
    }

    @Test
    void shouldGoOnWhereAnotherConnectionEnded() throws Exception {
        // Given
        store(0, 10);
        store(2, 30);
        status(JobState.RUNNING, 5, 2);
        Listening first = listen("/v1/jobs/j/events", null);
        await().until(() -> first.images().size() == 2);
        String last = first.lastId();

        // When: meanwhile one was stored later, and one before the last is only seen now; by another process
        store(1, 20);
        store(3, 40);
        status(JobState.RUNNING, 5, 4);
        JobEvents before = events;
        ApiServer old = server;
        serve(TIMING);
        old.close();
        first.awaitEnd();
        assertThat(before.open()).isZero();
        Listening second = listen("/v1/jobs/j/events", last);

        // Then
        await().untilAsserted(() -> assertThat(second.names()).containsExactly("status", "image", "image"));
        assertThat(second.images()).containsExactly("p/1", "p/3");

        // And: if nothing has happened, nothing is told
        Listening third = listen("/v1/jobs/j/events", second.lastId());
        await().until(() -> third.comments.size() > 2);
        assertThat(third.events).isEmpty();
        store(4, 50);
        status(JobState.COMPLETED, 5, 5);
        third.awaitEnd();
        assertThat(third.names()).containsExactly("status", "image", "end");
    }

    @Test
    void shouldLeaveImagesOutIfNobodyWantsThem() throws Exception {
        store(0, 1);
        status(JobState.COMPLETED, 1, 1);
        Listening client = listen("/v1/jobs/j/events?images=false", null);
        client.awaitEnd();
        assertThat(client.names()).containsExactly("status", "end");
    }

    @Test
    void shouldWaitALittleForAJobToAppear() throws Exception {
        // When: a client asks right after its submission
        CompletableFuture<HttpResponse<InputStream>> asked = client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/jobs/j/events"))
                        .build(),
                BodyHandlers.ofInputStream());
        await().until(() -> events.open() == 1);
        status(JobState.PENDING, 1, 0);

        // Then
        assertThat(asked.get().statusCode()).isEqualTo(200);
        assertThat(listen("/v1/jobs/other/events", null).response.statusCode()).isEqualTo(404);
        assertThat(listen("/v1/jobs/j/events?images=no", null).response.statusCode())
                .isEqualTo(400);
        jobs.isAway(true);
        assertThat(listen("/v1/jobs/j/events", null).response.statusCode()).isEqualTo(503);
    }

    @Test
    void shouldSendEveryImageAndFewStatusesToAClientThatReadsSlowly() throws Exception {
        // Given: a client that reads nothing, and more than any buffer between takes
        int images = 800;
        String text = "x".repeat(12_000);
        status(JobState.RUNNING, images, 0);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress("127.0.0.1", server.port()));
            slow.getOutputStream()
                    .write("GET /v1/jobs/j/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            await().until(() -> events.open() == 1);

            // When: another one is told all the time
            Listening quick = listen("/v1/jobs/j/events?images=false", null);
            for (int i = 0; i < images; i++) {
                store(i, i, text);
            }
            for (int i = 1; i <= 20; i++) {
                int seen = quick.events.size();
                status(JobState.RUNNING, images, images * i / 20);
                await().until(() -> quick.events.size() > seen);
            }
            status(JobState.COMPLETED, images, images);
            quick.awaitEnd();
            await().until(() -> events.open() == 1); // the client may see the end first

            // Then: it is told all that counts once it reads
            List<String> lines = new ArrayList<>();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
            for (String line = in.readLine(); !line.equals("event: end"); line = in.readLine()) {
                lines.add(line);
            }
            assertThat(lines.stream().filter(line -> line.equals("event: image")))
                    .hasSize(images);
            assertThat(lines.stream().filter(line -> line.startsWith("data: {\"id\":\"p/")))
                    .doesNotHaveDuplicates()
                    .hasSize(images);
            assertThat(lines.stream().filter(line -> line.equals("event: status")))
                    .hasSizeLessThan(15);
        }
        await().until(() -> events.open() == 0);
    }

    @Test
    void shouldForgetAClientThatIsGone() throws Exception {
        // Given
        status(JobState.RUNNING, 1, 0);
        try (Socket gone = new Socket("127.0.0.1", server.port())) {
            gone.getOutputStream()
                    .write("GET /v1/jobs/j/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            await().until(() -> events.open() == 1);
        }

        // When, Then: the next comments fail
        await().until(() -> events.open() == 0);
    }

    @Test
    void shouldEndAConnectionThatIsOld() throws Exception {
        server.close();
        serve(new JobEvents.Timing(Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofMillis(300)));
        status(JobState.RUNNING, 1, 0);
        Listening client = listen("/v1/jobs/j/events", null);
        client.awaitEnd();
        assertThat(client.names()).containsExactly("status");
    }

    @Test
    void shouldTellASmallNumberOfClientsAtATime() throws Exception {
        status(JobState.RUNNING, 1, 0);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("127.0.0.1", server.port());
                sockets.add(socket);
                socket.getOutputStream()
                        .write("GET /v1/jobs/j/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.UTF_8));
            }
            await().until(() -> events.open() == 200);
            assertThat(listen("/v1/jobs/j/events", null).response.statusCode()).isEqualTo(503);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        await().until(() -> events.open() == 0);
        assertThat(listen("/v1/jobs/j/events", null).response.statusCode()).isEqualTo(200);
    }
}
