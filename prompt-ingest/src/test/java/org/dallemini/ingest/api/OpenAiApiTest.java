package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.dallemini.ingest.FastAwait.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.dallemini.dalle.png.PngWriter;
import org.dallemini.dalle.png.Provenance;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.events.JobFailure;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.OutputFit;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.events.StoredRendition;
import org.dallemini.ingest.api.Http.Reply;
import org.dallemini.ingest.http.Access;
import org.dallemini.ingest.http.Answer;
import org.dallemini.ingest.http.ApiServer;
import org.dallemini.ingest.http.Origins;
import org.dallemini.ingest.http.Role;
import org.dallemini.ingest.http.RoutingHandler;
import org.dallemini.ingest.jobs.FakeJobs;
import org.dallemini.ingest.jobs.JobWatch;
import org.dallemini.ingest.jobs.NewestJobs;
import org.dallemini.ingest.jobs.Records;
import org.dallemini.ingest.model.DrawingModel;
import org.dallemini.ingest.model.ModelCard;
import org.dallemini.ingest.openai.DrawnSizes;
import org.dallemini.ingest.openai.FormParser;
import org.dallemini.ingest.openai.GenerationParser;
import org.dallemini.ingest.openai.Generations;
import org.dallemini.ingest.openai.ImageUrls;
import org.dallemini.ingest.openai.OpenAiRoutes;
import org.dallemini.ingest.previews.PreviewPictures;
import org.dallemini.ingest.previews.Previews;
import org.dallemini.ingest.webhooks.WebhookRules;
import org.dallemini.objects.ObjectStore;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.serde.TrustedEvents;
import org.dallemini.stage.config.FilterMode;
import org.dallemini.stage.tracing.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenAI's clients ask for, over HTTP and without Kafka behind it. */
class OpenAiApiTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final String PATH = "/v1/images/generations";
    private static final int MAX_BYTES = 20_000;

    @TempDir
    private Path folder;

    private final FakeJobs jobs = new FakeJobs();
    private final MapStore store = new MapStore();
    private final List<Submission> published = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private JobWatch watch;
    private Optional<ModelCard> card = Optional.of(ModelCard.named("shapes"));
    private Optional<String> lastSeen = Optional.empty();
    private final Previews previews = new Previews(System::nanoTime);
    private PreviewPictures pictures = new PreviewPictures(List.of());
    private boolean adapts = true;
    private Generations generations;
    private ApiServer server;
    private Http http;

    @BeforeEach
    void start() {
        TrustedEvents.allow();
        serve(new LoopbackAccess(), Optional.of(store), Duration.ofMinutes(1));
    }

    private void serve(Access access, Optional<ObjectStore> bucket, Duration longest) {
        JobPublisher publisher = new JobPublisher() {
            @Override
            public void publish(Submission submission) {
                published.add(submission);
            }

            @Override
            public void close() {}
        };
        PromptValidator validator = new PromptValidator(PromptLimits.DEFAULT);
        PromptCheck check = (caller, prompt) -> validator.validateContent(prompt);
        SubmissionParser parser = new SubmissionParser(check, MAX_BYTES, 10, () -> "drawn", WebhookRules.NONE);
        watch = new JobWatch(jobs);
        Admission admission = new Admission(new RateLimit(0, System::nanoTime), new QueueLimit(0), 2);
        DrawnSizes sizes = DrawnSizes.of(Set.of("1x1", "2x2"), adapts, OutputFit.PAD);
        GenerationParser generationParser = new GenerationParser(
                new JsonReader(MAX_BYTES), PromptLimits.DEFAULT, check, sizes, access instanceof LoopbackAccess);
        generations = new Generations(
                generationParser,
                new FormParser(generationParser, sizes),
                new JobResource(
                        parser,
                        publisher,
                        new AcceptedJobs(jobs, InstantSource.fixed(NOW)),
                        new NewestJobs(jobs),
                        admission,
                        InstantSource.fixed(NOW)),
                jobs,
                watch,
                Images.of(jobs, bucket, Optional.empty()),
                ImageUrls.ofApi(),
                previews,
                pictures,
                admission,
                () -> "job" + ids.incrementAndGet(),
                longest);
        server = ApiServer.listen(
                "127.0.0.1",
                0,
                new RoutingHandler(
                        OpenAiRoutes.of(generations, new DrawingModel(card, () -> lastSeen)),
                        access,
                        MAX_BYTES,
                        Origins.NONE,
                        List.of(OpenAiRoutes.area()),
                        Tracing.OFF),
                generations::close,
                watch::close);
        http = new Http(server.port(), null);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static JobStatus.Builder job(String id, JobState state, int requested, int stored) {
        return Records.job(id, state, requested, NOW)
                .setStored(stored)
                .setFailed(requested - stored)
                .setPrompts(1)
                .setPromptsExpected(1);
    }

    private void image(String job, int index, int count) {
        StoredImage image = Records.stored(Records.request(job, job, index, count));
        jobs.put(image);
        store.create(image.getKey(), new byte[] {(byte) index, 1}, "image/png", Map.of());
    }

    private CompletableFuture<Reply> asking(String body) {
        int before = published.size();
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> http.post(PATH, body));
        await().until(() -> published.size() > before || reply.isDone());
        return reply;
    }

    private static void expectError(Reply reply, int status, String type, String param, String code) {
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(status);
        assertThat(reply.type()).isEqualTo("application/json");
        assertThat(reply.body().fieldNames()).toIterable().containsExactly("error");
        JsonNode error = reply.body().path("error");
        assertThat(error.fieldNames()).toIterable().containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("type").asText()).isEqualTo(type);
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotEmpty();
    }

    @Test
    void shouldAnswerWithTheImagesInTheirOrderOnceAllAreThere() {
        // When
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\",\"n\":12,\"response_format\":\"b64_json\"}");
        jobs.put(job("job1", JobState.RUNNING, 12, 0).build());
        for (int i = 11; i > 0; i--) {
            image("job1", i, 12);
        }
        jobs.put(job("job1", JobState.COMPLETED, 12, 12).build());
        int looked = jobs.asked();
        await().until(() -> jobs.asked() > looked + 30); // the copy of images is behind that of jobs
        assertThat(asked).isNotDone();
        image("job1", 0, 12);

        // Then
        Reply reply = asked.join();
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        assertThat(reply.body().path("created").asLong()).isEqualTo(NOW.getEpochSecond());
        assertThat(reply.body().path("size").asText()).isEqualTo("1x1");
        assertThat(reply.body().path("job").asText()).isEqualTo("job1");
        assertThat(reply.body().has("failures")).isFalse();
        JsonNode data = reply.body().path("data");
        assertThat(data).hasSize(12);
        for (int i = 0; i < 12; i++) {
            assertThat(Base64.getDecoder().decode(data.path(i).path("b64_json").asText()))
                    .isEqualTo(new byte[] {(byte) i, 1});
            assertThat(data.path(i).path("id").asText()).isEqualTo("job1/" + i);
        }
        assertThat(generations.waiting()).isZero();
        assertThat(published.get(0).prompts().get(0).getText()).isEqualTo("a cat");
    }

    @Test
    void shouldGiveAddressesUnderTheNameByWhichItWasReached() {
        // When
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\"}");
        image("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

        // Then
        assertThat(asked.join().body().path("data").path(0).path("url").asText())
                .isEqualTo("http://127.0.0.1:" + server.port() + "/v1/jobs/job1/images/job1/0/content");
    }

    @Test
    void shouldWaitOutAnObjectStoreThatIsAway() {
        // Given
        store.isAway(true);

        // When
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\",\"response_format\":\"b64_json\"}");
        image("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());
        int looked = jobs.asked();
        await().until(() -> jobs.asked() > looked + 3);
        assertThat(asked).isNotDone();
        store.isAway(false);

        // Then
        assertThat(asked.join().status()).isEqualTo(200);
    }

    @Test
    void shouldGiveWhatThereIsAndNameWhatFailed() {
        // When
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\",\"n\":2}");
        image("job1", 1, 2);
        jobs.put(job("job1", JobState.FAILED, 2, 1)
                .setFailures(List.of(new JobFailure("job1/0", "internal-error", "image-decoder", "it broke")))
                .build());

        // Then
        Reply reply = asked.join();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().path("data").findValuesAsText("id")).containsExactly("job1/1");
        JsonNode failure = reply.body().path("failures").path(0);
        assertThat(failure.path("id").asText()).isEqualTo("job1/0");
        assertThat(failure.path("code").asText()).isEqualTo("internal_error");
    }

    @Test
    void shouldAnswerTheSameToTheSameKey() {
        // Given
        String body = "{\"prompt\":\"a cat\",\"response_format\":\"b64_json\"}";
        CompletableFuture<Reply> asked = CompletableFuture.supplyAsync(() -> postKeyed("k", body));
        await().until(() -> !published.isEmpty());
        String job = published.get(0).jobId();
        image(job, 0, 1);

        // When
        jobs.put(job(job, JobState.COMPLETED, 1, 1)
                .setContent(published.get(0).content())
                .build());

        // Then
        assertThat(asked.join().status()).isEqualTo(200);
        assertThat(postKeyed("k", body).body()).isEqualTo(asked.join().body());
        assertThat(published).hasSize(1);
        expectError(
                postKeyed("k", body.replace("cat", "dog")),
                422,
                "invalid_request_error",
                "null",
                "idempotency_key_reused");
    }

    /** Both were taken before either was known. */
    @Test
    void shouldNotGiveTheImagesOfAnotherRequestWithTheKey() {
        // Given
        CompletableFuture<Reply> asked = CompletableFuture.supplyAsync(() -> postKeyed("k", "{\"prompt\":\"a cat\"}"));
        await().until(() -> !published.isEmpty());
        String job = published.get(0).jobId();
        image(job, 0, 1);

        // When
        jobs.put(job(job, JobState.COMPLETED, 1, 1).setContent("of another").build());

        // Then
        expectError(asked.join(), 422, "invalid_request_error", "null", "idempotency_key_reused");
    }

    private Reply postKeyed(String key, String body) {
        return http.send(http.request(PATH)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void shouldLetOnlySoManyWait() {
        // Given
        CompletableFuture<Reply> first = asking("{\"prompt\":\"a cat\"}");
        CompletableFuture<Reply> second = asking("{\"prompt\":\"a dog\"}");

        // When
        Reply third = http.post(PATH, "{\"prompt\":\"a cow\"}");

        // Then
        expectError(third, 429, "requests", "null", "rate_limit_exceeded");
        assertThat(third.response().headers().firstValue("Retry-After")).isPresent();
        for (int i = 1; i <= 2; i++) {
            image("job" + i, 0, 1);
            jobs.put(job("job" + i, JobState.COMPLETED, 1, 1).build());
        }
        assertThat(List.of(first.join().status(), second.join().status())).containsOnly(200);
        assertThat(asking("{\"prompt\":\"a cow\"}")).isNotDone();
    }

    @Test
    void shouldSayWhyThereIsNoImage() {
        // Given
        CompletableFuture<Reply> failing = asking("{\"prompt\":\"a cat\"}");
        CompletableFuture<Reply> canceled = asking("{\"prompt\":\"a cat\"}");

        // When
        jobs.put(job("job1", JobState.FAILED, 1, 0)
                .setFailures(List.of(new JobFailure("job1/0", "poison", "image-decoder", "it broke")))
                .build());
        jobs.put(job("job2", JobState.CANCELED, 1, 0).build());

        // Then
        expectError(failing.join(), 500, "server_error", "null", "poison");
        assertThat(failing.join().body().path("error").path("message").asText()).contains("job1", "it broke");
        assertThat(failing.join().response().headers().firstValue("X-Should-Retry"))
                .contains("false");
        expectError(canceled.join(), 409, "invalid_request_error", "null", "job_canceled");
    }

    @Test
    void shouldSayThatTheFilterRefusesAsOpenAiDoes() {
        CompletableFuture<Reply> refused = asking("{\"prompt\":\"a cat\"}");
        jobs.put(job("job1", JobState.FAILED, 1, 0)
                .setFailures(List.of(new JobFailure("job1/0", "content-policy", "image-decoder", "refused")))
                .build());
        expectError(refused.join(), 400, "invalid_request_error", "null", "content_policy_violation");
    }

    @Test
    void shouldNotGiveAnotherSizeThanWasAskedFor() {
        // Given
        server.close();
        adapts = false;
        serve(new LoopbackAccess(), Optional.of(store), Duration.ofMinutes(1));

        // When
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\",\"size\":\"2x2\"}");
        image("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

        // Then
        expectError(asked.join(), 500, "server_error", "null", "wrong_size");
        assertThat(asked.join().body().path("error").path("message").asText()).contains("api.image.sizes=1x1");
    }

    private void rendition(String job, int index, int count) {
        StoredImage image = StoredImage.newBuilder(Records.stored(Records.request(job, job, index, count)))
                .setRendition(new StoredRendition(
                        "renditions/" + job, "e", "image/webp", 2L, "ab", 32, 16, "1x1 scaled to 16x16 (edge-1)"))
                .build();
        jobs.put(image);
        store.create("renditions/" + job, new byte[] {7, 7}, "image/webp", Map.of());
    }

    @Test
    void shouldGiveTheSizeThatWasAskedForAndSayWhatWasDrawn() {
        // When
        CompletableFuture<Reply> asked = asking(
                "{\"prompt\":\"a cat\",\"size\":\"32x16\",\"output_format\":\"webp\",\"response_format\":\"b64_json\"}");
        rendition("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

        // Then
        Reply reply = asked.join();
        assertThat(published.get(0).prompts().get(0).getOutput().getWidth()).isEqualTo(32);
        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
        assertThat(reply.body().path("size").asText()).isEqualTo("32x16");
        assertThat(reply.body().path("output_format").asText()).isEqualTo("webp");
        JsonNode image = reply.body().path("data").path(0);
        assertThat(Base64.getDecoder().decode(image.path("b64_json").asText())).isEqualTo(new byte[] {7, 7});
        assertThat(image.path("drawn_size").asText()).isEqualTo("1x1");
        assertThat(image.path("made").asText()).contains("scaled to 16x16");
    }

    @Test
    void shouldGiveTheAddressOfTheSizeThatWasAskedFor() {
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\",\"size\":\"32x16\"}");
        rendition("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

        assertThat(asked.join().body().path("data").path(0).path("url").asText())
                .endsWith("/v1/jobs/job1/images/job1/0/rendition");
    }

    private CompletableFuture<Reply> sending(String path, Object... parts) {
        int before = published.size();
        CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> http.form(path, parts));
        await().until(() -> published.size() > before || reply.isDone());
        return reply;
    }

    /** A picture of 8 x 8 pixels whose left half is transparent. */
    private static byte[] halfTransparent() throws IOException {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 64; i++) {
            picture.setRGB(i % 8, i / 8, i % 8 < 4 ? 0 : 0xff336699);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        return png.toByteArray();
    }

    private static byte[] drawn() {
        Provenance.Model model = new Provenance.Model("m", "0123456789abcdef", "fp32");
        Provenance provenance = new Provenance("a blue cat", null, 7, 2f, 50, 1f, 1f, 0, 1, 0, model, model);
        return PngWriter.write(new RgbImage(4, 4, new byte[48]), provenance.texts(4, 4, 4));
    }

    @Test
    void shouldDrawTheTransparentPartsOfAPictureAgain() throws Exception {
        // When
        CompletableFuture<Reply> asked = sending(
                "/v1/images/edits",
                "image",
                drawn(),
                "mask",
                halfTransparent(),
                "prompt",
                "a hat",
                "n",
                "2",
                "size",
                "32x16",
                "model",
                "gpt-image-1",
                "input_fidelity",
                "high",
                "quality",
                "high");
        rendition("job1", 0, 2);
        jobs.put(job("job1", JobState.FAILED, 2, 1).build());

        // Then: both are as small as what the model draws
        PromptRequest prompt = published.get(0).prompts().get(0);
        assertThat(prompt.getText()).isEqualTo("a hat");
        assertThat(prompt.getCount()).isEqualTo(2);
        assertThat(prompt.getOutput().getWidth()).isEqualTo(32);
        BufferedImage picture = picture(prompt.getPrefix().getPicture());
        assertThat(picture.getWidth()).isEqualTo(2);
        BufferedImage mask = picture(prompt.getRedraw().getMask());
        assertThat(mask.getWidth()).isEqualTo(2);
        assertThat(mask.getRGB(0, 0) >>> 24).isZero();
        assertThat(mask.getRGB(1, 1) >>> 24).isEqualTo(255);
        assertThat(asked.join().status()).as(asked.join().body().toString()).isEqualTo(200);
        assertThat(asked.join().body().path("data").path(0).path("b64_json").asText())
                .isNotEmpty();
    }

    private static BufferedImage picture(ByteBuffer png) throws IOException {
        byte[] bytes = new byte[png.remaining()];
        png.duplicate().get(bytes);
        return ImageIO.read(new ByteArrayInputStream(bytes));
    }

    @Test
    void shouldTakeThePicturesOwnTransparencyOrElseAShare() throws Exception {
        sending("/v1/images/edits", "image[]", halfTransparent(), "prompt", "a hat");
        sending("/v1/images/edits", "image", drawn(), "prompt", "a hat", "strength", "0.25");

        assertThat(published.get(0).prompts().get(0).getRedraw().getMask()).isNotNull();
        assertThat(published.get(1).prompts().get(0).getRedraw().getStrength()).isEqualTo(0.25f);
    }

    @Test
    void shouldVaryAPictureUnderThePromptThatItWasDrawnFrom() throws Exception {
        sending("/v1/images/variations", "image", drawn(), "n", "1", "response_format", "b64_json");
        sending("/v1/images/variations", "image", halfTransparent());

        PromptRequest ours = published.get(0).prompts().get(0);
        assertThat(ours.getText()).isEqualTo("a blue cat");
        assertThat(ours.getRedraw().getStrength()).isEqualTo(0.5f);
        assertThat(published.get(1).prompts().get(0).getText()).isEqualTo("a picture");
    }

    private void expectInvalid(String param, String code, Object... parts) {
        expectError(http.form("/v1/images/edits", parts), 400, "invalid_request_error", param, code);
    }

    @Test
    void shouldSayWhatIsWrongWithAForm() {
        byte[] picture = drawn();
        expectInvalid("image", "missing_required_parameter", "prompt", "x");
        expectInvalid("prompt", "missing_required_parameter", "image", picture);
        expectInvalid("image", "invalid_value", "image", new byte[9], "prompt", "x");
        expectInvalid("image", "invalid_value", "image", picture, "image[]", picture, "prompt", "x");
        expectInvalid("mask", "invalid_value", "image", picture, "mask", picture, "prompt", "x");
        expectInvalid("face", "unknown_parameter", "image", picture, "face", picture, "prompt", "x");
        expectInvalid("n", "invalid_value", "image", picture, "prompt", "x", "n", "two");
        expectInvalid("strength", "invalid_value", "image", picture, "prompt", "x", "strength", "1");
        expectInvalid("colour", "unknown_parameter", "image", picture, "prompt", "x", "colour", "red");
        String edits = "/v1/images/edits";
        expectError(http.post(edits, "{\"prompt\":\"x\"}"), 415, "invalid_request_error", "null", "unknown_media_type");
        Reply broken = http.send(http.request(edits)
                .header("Content-Type", "multipart/form-data; boundary=XYZ")
                .POST(HttpRequest.BodyPublishers.ofString("nothing of the kind")));
        expectError(broken, 400, "invalid_request_error", "null", "invalid_form");
        Reply foreign = http.send(http.request(edits)
                .header("Content-Type", "multipart/form-data; boundary=XYZ")
                .header("Sec-Fetch-Site", "cross-site")
                .POST(HttpRequest.BodyPublishers.ofString("--XYZ--")));
        expectError(foreign, 403, "invalid_request_error", "null", "foreign_page");
        assertThat(published).isEmpty();
    }

    private CompletableFuture<String> streaming(String body) {
        int before = published.size();
        CompletableFuture<String> reply = CompletableFuture.supplyAsync(() -> http.stream(PATH, body));
        await().until(() -> published.size() > before || reply.isDone());
        return reply;
    }

    @Test
    void shouldStreamImagesAsOpenAiDoes() throws Exception {
        // Given an image decoder that makes previews
        try (FakeImageDecoder decoder = new FakeImageDecoder()) {
            server.close();
            pictures = new PreviewPictures(List.of(decoder.uri()));
            serve(new LoopbackAccess(), Optional.of(store), Duration.ofMinutes(1));

            // When an image of 16 tokens is drawn: the first third, two thirds, all
            CompletableFuture<String> asked = streaming("{\"prompt\":\"a cat\",\"stream\":true,\"partial_images\":2}");
            for (int tokens : List.of(4, 8, 12, 16)) {
                previews.add(Records.preview("job1", "job1/0", tokens));
                await().until(() -> decoder.asked.size() >= (tokens < 8 ? 0 : tokens < 12 ? 1 : 2));
            }
            image("job1", 0, 1);
            jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

            // Then
            List<JsonNode> events = events(asked.join());
            assertThat(events)
                    .extracting(event -> event.path("type").asText())
                    .endsWith("image_generation.completed")
                    .contains("image_generation.partial_image");
            for (JsonNode partial : events.subList(0, events.size() - 1)) {
                int index = partial.path("partial_image_index").asInt();
                assertThat(partial.path("b64_json").asText())
                        .isEqualTo(Base64.getEncoder().encodeToString(new byte[16 + 8 * index]));
            }
            JsonNode last = events.get(events.size() - 1);
            assertThat(Base64.getDecoder().decode(last.path("b64_json").asText()))
                    .isEqualTo(new byte[] {0, 1});
            assertThat(last.path("size").asText()).isEqualTo("1x1");
            assertThat(decoder.asked).hasSize(2);
            assertThat(generations.waiting()).isZero();
        }
    }

    @Test
    void shouldTellInTheStreamWhatFailed() throws Exception {
        CompletableFuture<String> asked = streaming("{\"prompt\":\"a cat\",\"stream\":true}");
        jobs.put(job("job1", JobState.FAILED, 1, 0)
                .setFailures(List.of(new JobFailure("job1/0", "poison", "image-decoder", "it broke")))
                .build());

        assertThat(events(asked.join())).singleElement().satisfies(event -> {
            assertThat(event.path("type").asText()).isEqualTo("error");
            assertThat(event.path("error").path("message").asText()).contains("it broke");
            assertThat(event.path("error").path("type").asText()).isEqualTo("server_error");
        });
    }

    private static List<JsonNode> events(String stream) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : stream.split("\n")) {
            if (line.startsWith("data: ")) {
                events.add(Answer.JSON.readTree(line.substring("data: ".length())));
            }
        }
        return events;
    }

    @Test
    void shouldNotWaitForEver() {
        // Given
        server.close();
        serve(new LoopbackAccess(), Optional.of(store), Duration.ofMillis(300));

        // When
        Reply reply = http.post(PATH, "{\"prompt\":\"a cat\"}");

        // Then
        expectError(reply, 504, "server_error", "null", "wait_timeout");
        assertThat(reply.body().path("error").path("message").asText()).contains("/v1/jobs/job1");
        assertThat(reply.response().headers().firstValue("X-Should-Retry")).contains("false");
        assertThat(generations.waiting()).isZero();
    }

    @Test
    void shouldForgetWhoHungUpWhenTheJobEnds() throws IOException {
        // Given
        String body = "{\"prompt\":\"a cat\"}";
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write(("POST " + PATH + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            await().until(() -> generations.waiting() == 1);
        }

        // When
        image("job1", 0, 1);
        jobs.put(job("job1", JobState.COMPLETED, 1, 1).build());

        // Then
        await().until(() -> generations.waiting() == 0);
    }

    @Test
    void shouldTellThoseWhoWaitWhenItStops() {
        // Given
        CompletableFuture<Reply> asked = asking("{\"prompt\":\"a cat\"}");
        await().until(() -> generations.waiting() == 1);

        // When
        server.close();

        // Then
        expectError(asked.join(), 503, "server_error", "null", "not_available");
        assertThat(asked.join().body().path("error").path("message").asText()).contains("/v1/jobs/job1");
    }

    @Test
    void shouldRefuseInTheShapeOfOpenAi() {
        expectError(http.post(PATH, "{"), 400, "invalid_request_error", "null", "invalid_json");
        expectError(http.post(PATH, "{}"), 400, "invalid_request_error", "prompt", "missing_required_parameter");
        expectError(http.post(PATH, "{\"prompt\":\"x\",\"n\":99}"), 400, "invalid_request_error", "n", "invalid_value");
        expectError(
                http.post(PATH, "{\"prompt\":\"x\",\"colour\":1}"),
                400,
                "invalid_request_error",
                "colour",
                "unknown_parameter");
        Reply got = http.get(PATH);
        expectError(got, 405, "invalid_request_error", "null", "unknown_method");
        assertThat(got.response().headers().firstValue("Allow")).contains("POST, OPTIONS");
        Reply form = http.send(http.request(PATH)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofString("--x--")));
        expectError(form, 415, "invalid_request_error", "null", "unknown_media_type");
        expectError(http.post(PATH, "{\"prompt\":\" \"}"), 400, "invalid_request_error", "prompt", "invalid_text");
        expectError(http.post(PATH, "{\"prompt\":\"x\",\"n\":0}"), 400, "invalid_request_error", "n", "invalid_value");
        expectError(
                http.post(PATH, "{\"prompt\":\"" + "x".repeat(MAX_BYTES) + "\"}"),
                413,
                "invalid_request_error",
                "null",
                "body_too_large");
        expectError(http.get("/v1/models/%2e%2e"), 400, "invalid_request_error", "null", "http_400");
        expectError(http.get("/v1/models/gpt-5"), 404, "invalid_request_error", "null", "model_not_found");
        assertThat(published).isEmpty();
    }

    @Test
    void shouldListTheModel() {
        Reply models = http.get("/v1/models");
        assertThat(models.body().path("object").asText()).isEqualTo("list");
        assertThat(models.body().path("data").findValuesAsText("id")).containsExactly("shapes");
        JsonNode one = http.get("/v1/models/shapes").body();
        models.body().path("data").path(0).properties().forEach(field -> assertThat(one.get(field.getKey()))
                .isEqualTo(field.getValue()));
        assertThat(one.path("card").path("name").asText()).isEqualTo("shapes");
        assertThat(one.path("card").has("biases")).isTrue();
        expectError(http.get("/v1/models/dalle-mini"), 404, "invalid_request_error", "null", "model_not_found");
    }

    @Test
    void shouldListNoModelThatItDoesNotKnow() {
        // Given
        server.close();
        card = Optional.empty();
        serve(new LoopbackAccess(), Optional.of(store), Duration.ofMinutes(1));

        // When, Then: until an image tells what draws
        assertThat(http.get("/v1/models").body().path("data")).isEmpty();
        lastSeen = Optional.of("mega");
        assertThat(http.get("/v1/models").body().path("data").findValuesAsText("id"))
                .containsExactly("mega");
        assertThat(http.get("/v1/models/mega").status()).isEqualTo(200);
    }

    /** Clients show people the message, and nothing else. */
    @ParameterizedTest
    @CsvSource({
        "GET, /v1/images/generations/1, draws images",
        "POST, /v1/chat/completions, no chat",
        "GET, /v1/chat/completions, no chat",
        "POST, /v1/responses, no responses",
        "DELETE, /v1/responses/r1, no responses",
        "POST, /v1/completions, not completed",
        "POST, /v1/embeddings, no embeddings",
        "POST, /v1/audio/speech, no audio",
        "POST, /v1/audio/transcriptions, no audio",
        "GET, /v1/files, submit",
        "POST, /v1/batches, submit",
        "POST, /v1/moderations, no moderations",
        "POST, /v1/videos, no videos",
        "POST, /v1/what/comes/tomorrow, draws images",
        "POST, /v1/images/generations/, draws images",
        "GET, /v1, draws images",
        "GET, /v1/models/a/b, names what there is",
        "POST, /chat/completions, ends with /v1",
        "POST, /images/generations, ends with /v1",
        "GET, /models, ends with /v1",
        "POST, /openai/deployments/d/images/generations, ends with /v1"
    })
    void shouldSayInTheShapeOfOpenAiThatSomethingIsNotHere(String method, String path, String said) {
        // When
        Reply reply = http.send(http.request(path).method(method, BodyPublishers.ofString("{\"model\":\"m\"}")));

        // Then
        expectError(reply, 404, "invalid_request_error", "null", "unknown_path");
        assertThat(reply.body().path("error").path("message").asText()).contains(said);
    }

    /** A picture to be edited, for example: clients send all of it before they look at the answer. */
    @Test
    void shouldHearOutWhomItRefuses() throws IOException {
        byte[] picture = new byte[8_000_000];
        for (String path : List.of("/v1/images/upscales", PATH)) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                // When
                socket.getOutputStream()
                        .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\n"
                                        + "Connection: close\r\nContent-Length: " + picture.length + "\r\n\r\n")
                                .getBytes(UTF_8));
                socket.getOutputStream().write(picture);

                // Then
                String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
                assertThat(answer)
                        .startsWith(path.equals(PATH) ? "HTTP/1.1 415 " : "HTTP/1.1 404 ")
                        .contains("\"error\"");
            }
        }
    }

    @Test
    void shouldLeaveOtherPathsTheirOwnProblems() {
        for (String path : List.of("/v1/jobs/a/b", "/v2/images/generations", "/", "/imagesque")) {
            Reply reply = http.get(path);
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.type()).isEqualTo("application/problem+json");
        }
    }

    @Test
    void shouldAskForKeysInTheShapeOfOpenAi() throws IOException {
        // Given
        server.close();
        String reader = ApiKey.draw(new SecureRandom());
        Path file = folder.resolve("keys");
        KeysFile.write(file, List.of(ApiKey.of("reader", Set.of(Role.READ), reader)));
        serve(KeyAccess.of(file, new FilterModes(FilterMode.REFUSE, false)), Optional.of(store), Duration.ofMinutes(1));

        // When, Then
        Reply unknown = http.post(PATH, "{\"prompt\":\"x\"}");
        expectError(unknown, 401, "invalid_request_error", "null", "invalid_api_key");
        assertThat(unknown.response().headers().firstValue("WWW-Authenticate")).isPresent();
        Http known = new Http(server.port(), reader);
        expectError(known.post(PATH, "{\"prompt\":\"x\"}"), 403, "invalid_request_error", "null", "forbidden");
        assertThat(known.get("/v1/models").status()).isEqualTo(200);
    }

    @Test
    void shouldDrawNothingThatItCouldNotGive() {
        // Given
        server.close();
        serve(new LoopbackAccess(), Optional.empty(), Duration.ofMinutes(1));

        // When, Then
        expectError(http.post(PATH, "{\"prompt\":\"x\"}"), 501, "server_error", "null", "no_bucket");
        assertThat(published).isEmpty();
    }
}
