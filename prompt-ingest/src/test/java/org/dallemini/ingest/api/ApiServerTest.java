package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.ingest.Api;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.Route;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.NewestJobs;
import org.dallemini.ingest.jobs.QueueWatch.Estimate;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.objects.PresignedUrls;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.prompt.testing.Filters;
import org.dallemini.renditions.Renditions;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.Health.State;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over HTTP, without Kafka behind it. */
class ApiServerTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final int MAX_BYTES = 20_000;
    private static final FilterModes MODES = new FilterModes(FilterMode.REFUSE, true);

    @TempDir
    private Path folder;

    private final FakeJobs jobs = new FakeJobs();
    private NewestJobs newest = new NewestJobs(jobs);
    private final MapStore store = new MapStore();
    private Optional<PresignedUrls> urls = Optional.empty();
    private final List<Submission> published = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final SubmissionParser parser = new SubmissionParser(
            new CallerFilter(
                    MODES,
                    Set.of(FilterMode.REFUSE),
                    mode -> new PromptValidator(PromptLimits.DEFAULT, Filters.shipped()),
                    (caller, prompt, why) -> refused.add(caller.name() + " " + prompt.getId())),
            MAX_BYTES,
            10,
            () -> "drawn",
            WebhookRules.NONE);
    private Runnable whenCommanded = () -> {};
    private JobRetries.Retried retried = new JobRetries.Retried(1, 0, 0, 0, true);
    private boolean isKafkaAway;
    private @Nullable Estimate estimate;
    private ApiServer server;
    private Http http;

    @BeforeEach
    void start() {
        TrustedEvents.allow();
        newest.complete();
        server = serve(new LoopbackAccess());
        http = new Http(server.port(), null);
    }

    private ApiServer serve(Access access) {
        return serve(access, AdmissionTest.ofAll());
    }

    private ApiServer serve(Access access, Admission admission) {
        JobPublisher publisher = new JobPublisher() {
            @Override
            public void publish(Submission submission) {
                published.add(submission);
            }

            @Override
            public void close() {}
        };
        AcceptedJobs accepted = new AcceptedJobs(jobs, InstantSource.fixed(NOW));
        JobResource resource =
                new JobResource(parser, publisher, accepted, newest, admission, InstantSource.fixed(NOW));
        List<Route> routes = new ArrayList<>(JobRoutes.of(
                resource,
                Images.of(accepted, Optional.of(store), urls),
                new LiveRenditions(Renditions.builtIn()),
                job -> Optional.ofNullable(estimate)));
        JobCommands recorder = (jobId, action, by) -> {
            if (isKafkaAway) {
                throw new TimeoutException("away");
            }
            commands.add(jobId + " " + action);
            whenCommanded.run();
        };
        routes.addAll(ControlRoutes.of(new JobControl(resource, recorder, this::retry, InstantSource.fixed(NOW))));
        return ApiServer.listen(
                "127.0.0.1", 0, new RoutingHandler(routes, access, MAX_BYTES), () -> {}, publisher::close);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void know(String id, JobState state, Map<String, String> labels, @Nullable String content) {
        know(id, state, labels, content, NOW);
    }

    private void know(
            String id, JobState state, Map<String, String> labels, @Nullable String content, Instant submitted) {
        JobStatus job = Records.job(id, state, 1, NOW)
                .setPrompts(1)
                .setPromptsExpected(1)
                .setLabels(labels)
                .setContent(content)
                .setSubmittedAt(submitted)
                .build();
        jobs.put(job);
        newest.add(job);
    }

    private static void expectProblem(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.body().path("status").asInt()).isEqualTo(status);
        assertThat(reply.body().path("type").asText()).isEqualTo("urn:dallemini:problem:" + code);
        assertThat(reply.body().path("detail").asText()).isNotEmpty();
    }

    @Test
    void shouldAcceptAJobOnceItIsPublished() {
        // When
        Reply reply = http.post("/v1/jobs", "{\"id\":\"j\",\"prompts\":[\"a cat\",{\"text\":\"a dog\",\"count\":2}]}");

        // Then
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.response().headers().firstValue("Location")).contains("/v1/jobs/j");
        assertThat(reply.body().path("state").asText()).isEqualTo("pending");
        assertThat(reply.body().path("requested").asInt()).isEqualTo(3);
        assertThat(published).singleElement().satisfies(submission -> {
            assertThat(submission.jobId()).isEqualTo("j");
            assertThat(submission.prompts()).hasSize(2);
        });
    }

    @Test
    void shouldTakeARepetitionAndRefuseOtherContent() {
        // Given
        String body = "{\"id\":\"j\",\"prompts\":[\"a cat\"]}";
        http.post("/v1/jobs", body);
        know("j", JobState.RUNNING, Map.of(), published.get(0).content());

        // When, Then: nothing is left to publish, and the answer says how far it is
        Reply again = http.post("/v1/jobs", body);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.body().path("state").asText()).isEqualTo("running");
        know("j", JobState.COMPLETED, Map.of(), published.get(0).content());
        assertThat(http.post("/v1/jobs", body).body().path("state").asText()).isEqualTo("completed");
        assertThat(published).hasSize(1);
        expectProblem(http.post("/v1/jobs", body.replace("cat", "dog")), 409, "id-reused");
        assertThat(published).hasSize(1);

        // And when nobody can tell, the intake shall
        jobs.isAway(true);
        assertThat(http.post("/v1/jobs", body).status()).isEqualTo(202);
        assertThat(published).hasSize(2);
        expectProblem(http.get("/v1/jobs/j"), 503, "not-available");
    }

    /** The answer to the first may have been lost. */
    @Test
    void shouldTakeARepetitionAfterItsDeadline() throws Exception {
        // Given
        String late = "{\"id\":\"j\",\"prompts\":[{\"text\":\"a cat\",\"deadline\":\"2026-11-25T11:59:59Z\"}]}";
        Submission accepted = parser.parse(Caller.ANYBODY, late.getBytes(UTF_8), Optional.empty());

        // When, Then
        expectProblem(http.post("/v1/jobs", late), 400, "deadline-exceeded");
        know("j", JobState.RUNNING, Map.of(), accepted.content());
        assertThat(http.post("/v1/jobs", late).status()).isEqualTo(202);
        expectProblem(http.post("/v1/jobs", late.replace("cat", "dog")), 409, "id-reused");
        assertThat(published).isEmpty();
    }

    @Test
    void shouldRefuseWhatThePolicyRefuses() {
        expectProblem(postKeyed("k", "{\"prompts\":[\"a cat\",\"" + Filters.REFUSED + "\"]}"), 400, "content-policy");

        assertThat(published).isEmpty();
        assertThat(refused).singleElement().asString().endsWith(".1");
    }

    @Test
    void shouldLetPassAsReleasedWhatOnlyTheKeyAllows() throws IOException {
        // Given
        server.close();
        String lax = ApiKey.draw(new SecureRandom());
        Path file = folder.resolve("keys");
        KeysFile.write(
                file, List.of(ApiKey.of("museum", Set.of(Role.SUBMIT), lax).withPromptFilter(FilterMode.FLAG)));
        server = serve(KeyAccess.of(file, MODES));
        http = new Http(server.port(), lax);

        // When
        Reply reply = http.post("/v1/jobs", "{\"id\":\"j\",\"prompts\":[\"a cat\",\"" + Filters.REFUSED + "\"]}");

        // Then
        assertThat(reply.status()).isEqualTo(202);
        assertThat(published).singleElement().satisfies(submission -> assertThat(submission.releases())
                .isEqualTo(Map.of("j.1", new Release("key museum", "filter.prompt=flag"))));
        assertThat(refused).isEmpty();
    }

    /** Else who sends nothing but such prompts could do so without end. */
    @Test
    void shouldCountWhatItRefusesAgainstTheRate() {
        // Given
        server.close();
        server = serve(new LoopbackAccess(), new Admission(new RateLimit(2, () -> 0), new QueueLimit(3), 0));
        http = new Http(server.port(), null);
        String body = "{\"prompts\":[\"" + Filters.REFUSED + "\"]}";

        // When, Then
        expectProblem(http.post("/v1/jobs", body), 400, "content-policy");
        expectProblem(http.post("/v1/jobs", body), 400, "content-policy");
        expectProblem(http.post("/v1/jobs", body), 429, "rate-limited");
        assertThat(refused).hasSize(2);
    }

    @Test
    void shouldKnowARequestAgainByItsKey() {
        // Given
        String body = "{\"prompts\":[\"a cat\"]}";

        // When
        Reply first = postKeyed("\"8e03978e\"", body);
        Reply second = postKeyed("8e03978e", body);

        // Then
        assertThat(first.status()).isEqualTo(202);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(published)
                .extracting(Submission::content)
                .containsOnly(published.get(0).content());
        know(
                published.get(0).jobId(),
                JobState.RUNNING,
                Map.of(),
                published.get(0).content());
        expectProblem(postKeyed("8e03978e", body.replace("cat", "dog")), 422, "idempotency-key-reused");
        assertThat(postKeyed("another", body).body()).isNotEqualTo(first.body());
        expectProblem(postKeyed("x", "{\"id\":\"j\",\"prompts\":[\"a cat\"]}"), 400, "invalid-parameter");
        for (String bad : List.of("\"", "\"\"", "a\tb", "x".repeat(256))) {
            expectProblem(postKeyed(bad, body), 400, "invalid-idempotency-key");
        }
    }

    @Test
    void shouldKeepTheKeysOfCallersApart() {
        assertThat(IdempotencyKey.jobId(new Caller("a"), "k"))
                .isEqualTo(IdempotencyKey.jobId(new Caller("a"), "k"))
                .isNotEqualTo(IdempotencyKey.jobId(new Caller("b"), "k"));
    }

    private Reply postKeyed(String key, String body) {
        return http.send(http.request("/v1/jobs")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void shouldTurnAwayWhoWantsTooMuch() {
        // Given
        server.close();
        server = serve(new LoopbackAccess(), new Admission(new RateLimit(3, () -> 0), new QueueLimit(3), 0));
        http = new Http(server.port(), null);

        // When, Then: what does not fit into the queue is refused, and what does is not
        String two = "{\"id\":\"a\",\"prompts\":[\"a cat\",\"a dog\"]}";
        assertThat(http.post("/v1/jobs", two).status()).isEqualTo(202);
        Reply full = http.post("/v1/jobs", two.replace("\"a\"", "\"b\""));
        expectProblem(full, 429, "queue-full");
        assertThat(full.response().headers().firstValue("Retry-After")).contains("10");
        assertThat(http.post("/v1/jobs", "{\"id\":\"c\",\"prompts\":[\"a cat\"]}")
                        .status())
                .isEqualTo(202);

        // And the fourth in a minute is one too many
        Reply often = http.post("/v1/jobs", two);
        expectProblem(often, 429, "rate-limited");
        assertThat(often.response().headers().firstValue("Retry-After")).contains("20");
        assertThat(http.get("/v1/jobs").status()).isEqualTo(200);
        assertThat(published).hasSize(2);
    }

    @Test
    void shouldSignAddressesWhereClientsReachTheBucket() {
        // Given
        server.close();
        urls = Optional.of(new PresignedUrls(
                new PromptIngestConfig(Map.of("s3.access.key", "us", "s3.secret.key", "secret"))
                        .s3()
                        .orElseThrow(),
                "https://images.example.org"));
        server = serve(new LoopbackAccess());
        http = new Http(server.port(), null);
        know("j", JobState.COMPLETED, Map.of(), null);
        jobs.put(Records.stored(Records.request("j", "p", 0, 4)));

        // When
        String url = http.get("/v1/jobs/j/images/p/0").body().path("url").asText();

        // Then
        assertThat(url)
                .startsWith("https://images.example.org/images/p/0.png?")
                .contains("X-Amz-Expires=3600", "X-Amz-Signature=")
                .doesNotContain("secret");
        assertThat(http.get("/v1/jobs/j/images").body().path("images").path(0).has("url"))
                .isTrue();
    }

    @Test
    void shouldTellOfJobs() {
        // Given
        know("a", JobState.RUNNING, Map.of("campaign", "spring:1"), null);
        know("b", JobState.COMPLETED, Map.of("campaign", "spring:1"), null);
        know("c", JobState.COMPLETED, Map.of(), null);

        // When, Then
        Reply one = http.get("/v1/jobs/a");
        assertThat(one.status()).isEqualTo(200);
        assertThat(one.type()).isEqualTo("application/json");
        assertThat(one.body().path("state").asText()).isEqualTo("running");
        assertThat(one.body().path("submittedAt").asText()).isEqualTo("2026-11-25T12:00:00Z");
        expectProblem(http.get("/v1/jobs/nobody"), 404, "unknown-job");
        expectProblem(http.get("/v1/jobs/%2e%2e"), 400, "http-400");
        assertThat(ids("/v1/jobs?state=completed")).containsExactly("b", "c");
        assertThat(ids("/v1/jobs?label=campaign:spring%3A1&state=COMPLETED")).containsExactly("b");
    }

    @Test
    void shouldListTheNewestJobsFirst() {
        // Given: several at once, and a job that is old by its id but not by its time
        know("a-old", JobState.COMPLETED, Map.of(), null, NOW.minusSeconds(3));
        know("z-newest", JobState.COMPLETED, Map.of(), null, NOW);
        know("b", JobState.RUNNING, Map.of(), null, NOW.minusSeconds(1));
        know("c", JobState.COMPLETED, Map.of(), null, NOW.minusSeconds(1));

        // When
        Reply first = http.get("/v1/jobs?limit=2");
        know("during", JobState.PENDING, Map.of(), null, NOW.plusSeconds(1));
        jobs.forget("b");
        String next = first.body().path("next").asText();

        // Then: those that come and go move no other
        assertThat(first.body().path("jobs").findValuesAsText("id")).containsExactly("z-newest", "b");
        assertThat(ids("/v1/jobs?limit=2&cursor=" + next)).containsExactly("c", "a-old");
        assertThat(http.get("/v1/jobs?limit=2&cursor=" + next)
                        .body()
                        .path("next")
                        .isNull())
                .isTrue();
        assertThat(ids("/v1/jobs")).containsExactly("during", "z-newest", "c", "a-old");
        assertThat(ids("/v1/jobs?state=completed&limit=1")).containsExactly("z-newest");
    }

    @Test
    void shouldSayWhenTheListCannotBeGivenYet() {
        // Given: a client that goes on with the page of an earlier version
        Reply old = http.get("/v1/jobs?cursor=shapes.0");

        // Then
        expectProblem(old, 400, "invalid-parameter");
        assertThat(old.body().path("detail").asText()).contains("earlier version", "begin anew without it");

        // And when the process has just started
        server.close();
        newest = new NewestJobs(jobs);
        server = serve(new LoopbackAccess());
        http = new Http(server.port(), null);
        expectProblem(http.get("/v1/jobs"), 503, "not-available");
        newest.complete();
        assertThat(ids("/v1/jobs")).isEmpty();
    }

    @Test
    void shouldTellWhereAJobStands() {
        // Given
        know("a", JobState.PENDING, Map.of(), null);
        assertThat(http.get("/v1/jobs/a").body().path("queue").isNull()).isTrue();

        // When
        estimate = new Estimate(7, null, NOW.plusSeconds(5));

        // Then
        JsonNode queue = http.get("/v1/jobs/a").body().path("queue");
        assertThat(queue.path("imagesAhead").asInt()).isEqualTo(7);
        assertThat(queue.path("startsAt").isNull()).isTrue();
        assertThat(queue.path("endsAt").asText()).isEqualTo("2026-11-25T12:00:05Z");
        assertThat(http.get("/v1/jobs").body().path("jobs").path(0).path("queue"))
                .isEqualTo(queue);
    }

    private List<String> ids(String path) {
        return http.get(path).body().path("jobs").findValuesAsText("id");
    }

    private static String keys(Reply reply, String field) {
        return reply.body().path(field).findValuesAsText("id").toString();
    }

    @Test
    void shouldListTheImagesOfAJobByPages() {
        // Given
        know("j", JobState.RUNNING, Map.of(), null);
        know("none", JobState.PENDING, Map.of(), null);
        for (int i = 0; i < 3; i++) {
            jobs.put(Records.stored(Records.request("j", "p", i, 4)));
        }

        // When
        Reply first = http.get("/v1/jobs/j/images?limit=2");
        Reply second = http.get(
                "/v1/jobs/j/images?limit=2&cursor=" + first.body().path("next").asText());

        // Then
        assertThat(first.status()).isEqualTo(200);
        assertThat(keys(first, "images")).isEqualTo("[p/0, p/1]");
        assertThat(keys(second, "images")).isEqualTo("[p/2]");
        assertThat(second.body().path("next").isNull()).isTrue();
        assertThat(http.get("/v1/jobs/none/images").body().path("images")).isEmpty();
        expectProblem(http.get("/v1/jobs/unknown/images"), 404, "unknown-job");
        expectProblem(http.get("/v1/jobs/j/images?cursor=p"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs/j/images?state=failed"), 400, "unknown-parameter");
    }

    @Test
    void shouldGiveAnImageAndItsContent() throws Exception {
        // Given
        StoredImage image = Records.stored(Records.request("j", "p", 0, 4));
        jobs.put(image);
        byte[] content = {1, 2, 3, -1};
        store.create(image.getKey(), content, "image/png", Map.of());

        // When
        Reply told = http.get("/v1/jobs/j/images/p/0");
        HttpResponse<byte[]> got = http.bytes(told.body().path("content").asText());

        // Then
        assertThat(told.body().path("id").asText()).isEqualTo("p/0");
        assertThat(told.body().path("text").asText()).isEqualTo("a red circle");
        assertThat(told.body().path("seed").asText()).isEqualTo("1");
        assertThat(told.body().path("fileName").asText()).isEqualTo("a-red-circle-1.png");
        assertThat(told.body().path("labels").path("campaign").asText()).isEqualTo("spring");
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(content);
        assertThat(got.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(got.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        Reply again = http.send(http.request("/v1/jobs/j/images/p/0/content")
                .header("If-None-Match", got.headers().firstValue("ETag").orElseThrow()));
        assertThat(again.status()).isEqualTo(304);
        expectProblem(http.get("/v1/jobs/j/images/p/1"), 404, "unknown-image");
        expectProblem(http.get("/v1/jobs/j/images/p/last"), 404, "unknown-image");
        expectProblem(http.get("/v1/jobs/j/images/p/0/contents"), 404, "unknown-path");
    }

    private static byte[] redPixel() {
        return PngWriter.write(new RgbImage(1, 1, new byte[] {(byte) 200, 10, 20}), List.of());
    }

    @Test
    void shouldGiveAnImageInAnotherSizeAndFormat() throws Exception {
        // Given
        StoredImage image = Records.stored(Records.request("j", "p", 0, 4));
        jobs.put(image);
        store.create(image.getKey(), redPixel(), "image/png", Map.of());
        String content = "/v1/jobs/j/images/p/0/content";

        // When
        HttpResponse<byte[]> got = http.bytes(content + "?size=16x8&format=webp&quality=80");

        // Then
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.headers().firstValue("Content-Type")).contains("image/webp");
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(got.body()));
        assertThat(picture.getWidth()).isEqualTo(16);
        assertThat(picture.getHeight()).isEqualTo(8);
        String tag = got.headers().firstValue("ETag").orElseThrow();
        assertThat(http.send(http.request(content + "?size=16x8&format=webp&quality=80")
                                .header("If-None-Match", tag))
                        .status())
                .isEqualTo(304);
        assertThat(http.bytes(content + "?size=16x8&format=webp&quality=81")
                        .headers()
                        .firstValue("ETag"))
                .isNotEqualTo(Optional.of(tag));
        assertThat(http.bytes(content + "?size=1x1").body()).isEqualTo(redPixel());
        for (String wrong :
                List.of("size=17x17", "size=large", "size=5000x1", "fit=stretch", "format=gif", "quality=101")) {
            expectProblem(http.get(content + "?" + wrong), 400, "invalid-parameter");
        }
        expectProblem(http.get(content + "?scale=2"), 400, "unknown-parameter");
    }

    @Test
    void shouldGiveTheFileThatWasAskedForBesideTheImage() throws Exception {
        // Given
        StoredImage plain = Records.stored(Records.request("j", "p", 0, 4));
        StoredRendition rendition = new StoredRendition("renditions/q", "e", "image/jpeg", 3L, "ab", 16, 8, "scaled");
        StoredImage image = StoredImage.newBuilder(Records.stored(Records.request("j", "q", 0, 1)))
                .setRendition(rendition)
                .build();
        jobs.put(plain);
        jobs.put(image);
        byte[] content = {1, 2, 3};
        store.create(rendition.getKey(), content, "image/jpeg", Map.of());

        // When
        Reply told = http.get("/v1/jobs/j/images/q/0");
        HttpResponse<byte[]> got =
                http.bytes(told.body().path("rendition").path("content").asText());

        // Then
        assertThat(told.body().path("rendition").path("width").asInt()).isEqualTo(16);
        assertThat(told.body().path("rendition").path("made").asText()).isEqualTo("scaled");
        assertThat(got.body()).isEqualTo(content);
        assertThat(got.headers().firstValue("Content-Type")).contains("image/jpeg");
        assertThat(http.get("/v1/jobs/j/images/p/0").body().path("rendition").isNull())
                .isTrue();
        expectProblem(http.get("/v1/jobs/j/images/p/0/rendition"), 404, "unknown-image");
    }

    @Test
    void shouldSayWhyAnImageCannotBeRead() {
        // Given
        jobs.put(Records.stored(Records.request("j", "p", 0, 4)));
        jobs.put(StoredImage.newBuilder(Records.stored(Records.request("j", "q", 0, 1)))
                .setBucket("of-others")
                .build());

        // When, Then
        expectProblem(http.get("/v1/jobs/j/images/p/0/content"), 410, "deleted-image");
        expectProblem(http.get("/v1/jobs/j/images/q/0/content"), 501, "no-bucket");
        store.isAway(true);
        expectProblem(http.get("/v1/jobs/j/images/p/0/content"), 503, "not-available");
        jobs.isAway(true);
        expectProblem(http.get("/v1/jobs/j/images"), 503, "not-available");
        expectProblem(http.get("/v1/jobs/j/images/p/0"), 503, "not-available");
    }

    private Reply cancel(String id) {
        return http.send(http.request("/v1/jobs/" + id + "/cancel").POST(BodyPublishers.noBody()));
    }

    @Test
    void shouldCancelAJobThatHasNotEnded() {
        // Given
        know("a", JobState.RUNNING, Map.of(), null);
        know("b", JobState.COMPLETED, Map.of(), null);
        know("c", JobState.CANCELED, Map.of(), null);

        // When, Then: also twice
        Reply canceled = cancel("a");
        assertThat(canceled.status()).isEqualTo(202);
        assertThat(canceled.body().path("id").asText()).isEqualTo("a");
        assertThat(canceled.body().path("cancelRequestedAt").asText()).isEqualTo("2026-11-25T12:00:00Z");
        assertThat(cancel("a").status()).isEqualTo(202);
        assertThat(commands).containsExactly("a CANCEL", "a CANCEL");
        expectProblem(cancel("nobody"), 404, "unknown-job");
        expectProblem(cancel("b"), 409, "job-ended");
        assertThat(cancel("c").body().path("state").asText()).isEqualTo("canceled");
        expectProblem(http.get("/v1/jobs/a/cancel"), 405, "unknown-method");
        Reply foreign = http.send(http.request("/v1/jobs/a/cancel")
                .header("Sec-Fetch-Site", "cross-site")
                .POST(BodyPublishers.noBody()));
        expectProblem(foreign, 403, "foreign-page");
        assertThat(commands).hasSize(2);
        isKafkaAway = true;
        expectProblem(cancel("a"), 503, "not-available");
    }

    @Test
    void shouldKnowAJobAtOnceThatItHasAccepted() {
        // Given
        String body = "{\"id\":\"j\",\"prompts\":[\"a cat\"]}";
        http.post("/v1/jobs", body);

        // When, Then: it is not tracked yet
        assertThat(http.get("/v1/jobs/j").body().path("state").asText()).isEqualTo("pending");
        assertThat(http.get("/v1/jobs/j/images").status()).isEqualTo(200);
        expectProblem(http.post("/v1/jobs", body.replace("cat", "dog")), 409, "id-reused");
        assertThat(http.post("/v1/jobs", body).status()).isEqualTo(202);
        assertThat(cancel("j").status()).isEqualTo(202);
        assertThat(commands).containsExactly("j CANCEL");
    }

    @Test
    void shouldResumeACanceledJob() {
        // Given
        know("a", JobState.CANCELED, Map.of(), null);

        // When, Then
        Reply resumed = http.send(http.request("/v1/jobs/a/resume").POST(BodyPublishers.noBody()));
        assertThat(resumed.status()).isEqualTo(202);
        assertThat(resumed.body().path("cancelRequestedAt").isNull()).isTrue();
        assertThat(commands).containsExactly("a RESUME");
        expectProblem(
                http.send(http.request("/v1/jobs/nobody/resume").POST(BodyPublishers.noBody())), 404, "unknown-job");
    }

    /** As Kafka would have it: the job knows at once what was sent back. */
    private JobRetries.Retried retry(JobStatus job) {
        if (isKafkaAway) {
            throw new TimeoutException("away");
        }
        jobs.put(JobStatus.newBuilder(job)
                .setState(JobState.RUNNING)
                .setUpdatedAt(NOW.plusSeconds(1))
                .build());
        return retried;
    }

    private Reply retry(String id) {
        return http.send(http.request("/v1/jobs/" + id + "/retry").POST(BodyPublishers.noBody()));
    }

    @Test
    void shouldRetryWhatFailed() {
        // Given
        know("a", JobState.FAILED, Map.of(), null);
        retried = new JobRetries.Retried(3, 2, 1, 0, true);

        // When, Then
        Reply reply = retry("a");
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().path("replayed").asInt()).isEqualTo(3);
        assertThat(reply.body().path("replayedBefore").asInt()).isEqualTo(2);
        assertThat(reply.body().path("givenUp").asInt()).isEqualTo(1);
        assertThat(reply.body().path("job").path("state").asText()).isEqualTo("running");
        assertThat(commands).isEmpty();
        expectProblem(retry("nobody"), 404, "unknown-job");
        expectProblem(http.get("/v1/jobs/a/retry"), 405, "unknown-method");

        // And: what took too long, and what is not there, can be asked for again
        retried = new JobRetries.Retried(3, 0, 0, 0, false);
        Reply late = retry("a");
        expectProblem(late, 503, "not-available");
        assertThat(late.body().path("detail").asText()).contains("3 were sent back");
        isKafkaAway = true;
        expectProblem(retry("a"), 503, "not-available");
    }

    @Test
    void shouldResumeACanceledJobBeforeItIsRetried() {
        // Given: a job that knows the command at once
        know("a", JobState.CANCELED, Map.of(), null);
        jobs.put(JobStatus.newBuilder(jobs.find("a").orElseThrow())
                .setCancelRequestedAt(NOW)
                .build());
        whenCommanded = () -> jobs.put(JobStatus.newBuilder(jobs.find("a").orElseThrow())
                .setCancelRequestedAt(null)
                .build());

        // When
        Reply reply = retry("a");

        // Then
        assertThat(reply.status()).isEqualTo(202);
        assertThat(commands).containsExactly("a RESUME");
        assertThat(reply.body().path("job").path("cancelRequestedAt").isNull()).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNoRequestOfItsKind() {
        expectProblem(http.get("/v1/jobs?status=completed"), 400, "unknown-parameter");
        expectProblem(http.get("/v1/jobs?state=done"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs?state=failed&state=running"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs?limit=0"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs?limit=201"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs?label=x"), 400, "invalid-parameter");
        expectProblem(http.get("/v1/jobs?cursor=a/b"), 400, "invalid-parameter");
        expectProblem(http.get("/v2/jobs"), 404, "unknown-path");
        expectProblem(http.get("/"), 404, "unknown-path");
        Reply method = http.send(http.request("/v1/jobs").DELETE());
        expectProblem(method, 405, "unknown-method");
        assertThat(method.response().headers().firstValue("Allow")).contains("GET, HEAD, POST, OPTIONS");
        Reply ofOne = http.send(http.request("/v1/jobs/a/images").DELETE());
        expectProblem(ofOne, 405, "unknown-method");
        assertThat(ofOne.response().headers().firstValue("Allow")).contains("GET, HEAD, OPTIONS");
        Reply form = http.send(http.request("/v1/jobs")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"prompts\":[\"x\"]}")));
        expectProblem(form, 415, "unknown-media-type");
        expectProblem(http.post("/v1/jobs", "{\"prompts\":[\"a\\u0000b\"]}"), 400, "invalid-text");
        expectProblem(http.post("/v1/jobs", "{\"prompts\":[\" \"]}"), 400, "invalid-text");
        assertThat(published).isEmpty();
    }

    @Test
    void shouldRefuseLargeBodiesAndHeaders() throws IOException {
        String large = "{\"prompts\":[\"" + "x".repeat(MAX_BYTES) + "\"]}";
        expectProblem(http.post("/v1/jobs", large), 413, "body-too-large");
        Reply chunked = http.send(http.request("/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large.getBytes(UTF_8)))));
        expectProblem(chunked, 413, "body-too-large");
        Reply header = http.send(http.request("/v1/jobs").header("X-Large", "x".repeat(9000)));
        expectProblem(header, 431, "http-431");
        assertThat(raw("rubbish\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(published).isEmpty();
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port());
                InputStream in = socket.getInputStream()) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void shouldRefuseForeignNamesOfTheLoopbackAddress() throws IOException {
        // Given
        String request = "GET /v1/jobs HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";

        // When, Then
        assertThat(raw(request.formatted("evil.example:8080"))).startsWith("HTTP/1.1 403 ");
        assertThat(raw(request.formatted("127.0.0.1.evil.example"))).startsWith("HTTP/1.1 403 ");
        assertThat(raw(request.formatted("localhost:8080"))).startsWith("HTTP/1.1 200 ");
        assertThat(raw(request.formatted("[::1]:8080"))).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldAskForKeys() throws IOException {
        // Given
        server.close();
        String reader = ApiKey.draw(new SecureRandom());
        Path file = folder.resolve("keys");
        KeysFile.write(file, List.of(ApiKey.of("reader", Set.of(Role.READ), reader)));
        server = serve(KeyAccess.of(file, MODES));
        Http nobody = new Http(server.port(), null);
        Http known = new Http(server.port(), reader);

        // When, Then
        Reply unknown = nobody.get("/v1/jobs");
        expectProblem(unknown, 401, "unauthorized");
        assertThat(unknown.response().headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(known.get("/v1/jobs").status()).isEqualTo(200);
        Reply submitting = known.post("/v1/jobs", "{\"prompts\":[\"x\"]}");
        expectProblem(submitting, 403, "forbidden");
        assertThat(submitting.response().body()).doesNotContain(reader);
        assertThat(published).isEmpty();
    }

    @Test
    void shouldNotListenWhereAnybodyCouldSubmit() {
        // Given
        Map<String, String> settings = new HashMap<>(Map.of("api.host", "0.0.0.0", "api.port", "0"));

        // When, Then
        assertThatThrownBy(() ->
                        Api.start(new PromptIngestConfig(settings), jobs, Optional::empty, new SimpleMeterRegistry()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("api.keys.file");
        settings.put("api.port", "-1");
        assertThat(Api.start(new PromptIngestConfig(settings), jobs, Optional::empty, new SimpleMeterRegistry()))
                .isEmpty();
        settings.putAll(Map.of("api.host", "127.0.0.1", "api.port", Integer.toString(server.port())));
        assertThatThrownBy(() ->
                        Api.start(new PromptIngestConfig(settings), jobs, Optional::empty, new SimpleMeterRegistry()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("set api.port to a free port");
    }

    @Test
    void shouldBeAStage() {
        assertThat(server.health().state()).isEqualTo(State.RUNNING);
        server.close();
        assertThat(server.health().state()).isEqualTo(State.STOPPED);
    }
}
