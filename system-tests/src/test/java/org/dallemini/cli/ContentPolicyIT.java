package org.dallemini.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageVerdict;
import org.dallemini.events.StoredImage;
import org.dallemini.schemas.Topics;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackFile;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.TopicRecords;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image filter in the whole pipeline, at every door that a picture could leave or come in by. All pictures are
 * harmless: the thresholds are such that the shipped classifier refuses, or marks, every picture there is.
 */
class ContentPolicyIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String RED = "a red circle on a blue background";
    private static final String REFUSE_ALL = "filter.image.refuse.above", FLAG_ALL = "filter.image.flag.above";
    private static final String EVERY_PICTURE = "drawing:0,neutral:0";
    private static final String QUARANTINED = "quarantine/refused/kept/";
    private static final int SIDE = 8;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static Running refusing;

    @BeforeAll
    static void start() throws Exception {
        refusing = new Running(REFUSE_ALL);
    }

    @AfterAll
    static void stop() {
        refusing.close();
    }

    /** Whatever was tried. */
    @AfterEach
    void shouldHaveLetNothingOut() throws Exception {
        assertThat(refusing.records(refusing.topics().images())).isEmpty();
        assertThat(refusing.records(refusing.topics().storedImages())).isEmpty();
        try (Stream<Path> files = Files.walk(refusing.data.resolve("objects"))) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".png"));
        }
    }

    @Test
    void shouldLetNoRefusedPictureOut() throws Exception {
        // When
        refusing.submit("refused", "{\"text\":\"" + RED + "\",\"count\":2}");

        // Then: one letter an image, with scores and without pixels
        JsonNode job = refusing.awaitJob("refused", "failed");
        assertThat(job.path("failed").asInt()).isEqualTo(2);
        assertThat(job.path("failures")).hasSize(2).allSatisfy(failure -> {
            assertThat(failure.path("code").asText()).isEqualTo("content-policy");
            assertThat(failure.path("stage").asText()).isEqualTo("image-decoder");
        });
        List<ConsumerRecord<String, byte[]>> letters = refusing.letters("refused/");
        assertThat(letters).extracting(ConsumerRecord::key).containsExactlyInAnyOrder("refused/0", "refused/1");
        assertThat(letters).allSatisfy(letter -> {
            assertThat(header(letter, DeadLetters.CODE)).isEqualTo("content-policy");
            assertThat(header(letter, DeadLetters.MESSAGE))
                    .containsPattern(
                            "drawing \\d.\\d\\d, hentai \\d.\\d\\d, neutral \\d.\\d\\d, porn \\d.\\d\\d, sexy \\d.\\d\\d");
            assertThat(new String(letter.value(), UTF_8)).doesNotContain("PNG");
        });
    }

    @Test
    void shouldLetNoCandidateOut() throws Exception {
        refusing.submit("best", "{\"text\":\"" + RED + "\",\"count\":1,\"bestOf\":3}");
        assertThat(refusing.awaitJob("best", "failed").path("failures"))
                .singleElement()
                .satisfies(failure -> assertThat(failure.path("code").asText()).isEqualTo("content-policy"));
        assertThat(refusing.letters("best/")).hasSize(1);
    }

    @Test
    void shouldShowNoRefusedPreview() throws Exception {
        // When: whole, and with most of it to come
        for (int tokens : new int[] {SIDE * SIDE, 1}) {
            HttpRequest question = HttpRequest.newBuilder(
                            URI.create(refusing.stack.managementUrl() + "/decode?rows=" + SIDE + "&columns=" + SIDE))
                    .header("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(new byte[2 * tokens]))
                    .build();
            HttpResponse<String> answer = HTTP.send(question, BodyHandlers.ofString());

            // Then
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).startsWith("content-policy: ");
        }

        // When: a preview of such an image is there
        refusing.publish(new ImagePreview("seen/0", "seen", "made", ByteBuffer.allocate(2 * SIDE), SIDE, SIDE, "00ff"));

        // Then: the API has no picture of it
        String path = "/v1/jobs/made/images/seen/0/preview";
        await().atMost(PATIENCE).until(() -> refusing.get(path).statusCode() != 404);
        HttpResponse<byte[]> preview = refusing.get(path);
        assertThat(preview.statusCode()).isEqualTo(403);
        assertThat(new String(preview.body(), UTF_8)).contains("content-policy");
        assertThat(preview.headers().firstValue("Content-Type").orElse("")).doesNotContain("image/");
    }

    @Test
    void shouldJudgeAgainWhatIsReplayed() throws Exception {
        // Given
        refusing.submit("replayed", "{\"text\":\"" + RED + "\",\"count\":1}");
        refusing.awaitJob("replayed", "failed");

        // When
        InProcess replay = InProcess.run(
                folder,
                "dlq",
                "replay",
                "--id",
                "replayed/0",
                "--yes",
                "--config",
                StackFile.of(refusing.data).toString());

        // Then
        assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCode.OK);
        await().atMost(PATIENCE).until(() -> refusing.letters("replayed/").size() == 2);
        assertThat(refusing.letters("replayed/")).allSatisfy(letter -> assertThat(header(letter, DeadLetters.CODE))
                .isEqualTo("content-policy"));
        assertThat(refusing.letters("replayed/"))
                .extracting(letter -> header(letter, DeadLetters.ATTEMPTS))
                .containsExactly("1", "2");
    }

    @Test
    void shouldKeepRefusedImagesOutOfTheGallery() throws Exception {
        // When
        refusing.submit("hidden", "{\"text\":\"" + RED + "\",\"count\":1}");
        refusing.awaitJob("hidden", "failed");

        // Then
        assertThat(refusing.json("/v1/images").path("images")).isEmpty();
        assertThat(refusing.json("/v1/jobs/hidden/images").path("images")).isEmpty();
        for (String content : List.of("content", "preview")) {
            assertThat(refusing.get("/v1/jobs/hidden/images/hidden/0/" + content)
                            .statusCode())
                    .isNotEqualTo(200);
        }
    }

    @Test
    void shouldTakeNoRefusedPictureIn() throws Exception {
        for (String format : List.of("png", "jpg")) {
            // When
            String picture = Base64.getEncoder().encodeToString(picture(format));
            refusing.submit(
                    format, "{\"text\":\"" + RED + "\",\"prefix\":{\"picture\":\"" + picture + "\",\"rows\":4}}");

            // Then: nothing is drawn of it
            assertThat(refusing.awaitJob(format, "failed").path("failures"))
                    .singleElement()
                    .satisfies(failure -> {
                        assertThat(failure.path("code").asText()).isEqualTo("content-policy");
                        assertThat(failure.path("stage").asText()).isEqualTo("token-generator");
                    });
            assertThat(refusing.records(refusing.topics().imageTokens()))
                    .noneMatch(tokens -> tokens.key().startsWith(format));
        }
    }

    /** By the moderators' commands; of two images one. */
    @Test
    void shouldLetOutWhatAPersonReleases() throws Exception {
        try (Running stack = new Running("released", REFUSE_ALL)) {
            // Given
            String config = StackFile.of(stack.data).toString();
            stack.submit("appeal", "{\"text\":\"" + RED + "\",\"count\":2}");
            stack.awaitJob("appeal", "failed");
            await().atMost(PATIENCE).until(() -> InProcess.run(
                            folder, "moderation", "list", "--decision", "refused", "--config", config)
                    .lastWords()
                    .equals("2 decisions"));

            // When: somebody looks at it
            Path picture = folder.resolve("appeal.png");
            InProcess shown = InProcess.run(
                    folder, "moderation", "show", "appeal/1", "--picture", picture.toString(), "--config", config);

            // Then
            assertThat(shown.exitCode()).as(shown.err()).isEqualTo(ExitCode.OK);
            assertThat(shown.out()).contains("decision   refused", "letter     image-tokens.dlq 0:");
            assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(64);

            // When
            List<String> release = List.of(
                    "moderation", "release", "appeal/1", "--by", "ann", "--reason", "a circle", "--config", config);
            InProcess rehearsed = InProcess.run(folder, release.toArray(String[]::new));
            InProcess released = InProcess.run(
                    folder, Stream.concat(release.stream(), Stream.of("--yes")).toArray(String[]::new));
            InProcess unknown = InProcess.run(
                    folder, "moderation", "release", "appeal/7", "--by", "ann", "--reason", "x", "--config", config);

            // Then: it is published and marked
            assertThat(rehearsed.out()).startsWith("to-replay ").contains("appeal/1");
            assertThat(released.exitCode()).as(released.err()).isEqualTo(ExitCode.OK);
            assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
            await().atMost(PATIENCE).until(() -> stack.stored().size() == 1);
            ImageVerdict verdict = stack.stored().get(0).getVerdict();
            assertThat(verdict.getReleasedBy()).isEqualTo("ann");
            assertThat(verdict.getMark()).isNotNull();
            await().atMost(PATIENCE)
                    .until(() -> InProcess.run(folder, "moderation", "show", "appeal/1", "--config", config)
                            .out()
                            .contains("released   by ann"));
            assertThat(InProcess.run(folder, "moderation", "show", "appeal/0", "--output", "json", "--config", config)
                            .out())
                    .contains("\"decision\":\"refused\"");
            assertThat(stack.json("/v1/jobs/appeal").path("failed").asInt()).isEqualTo(1);

            // And: replayed without a release, the other is judged again
            InProcess.run(folder, "dlq", "replay", "--id", "appeal/0", "--yes", "--config", config);
            await().atMost(PATIENCE).until(() -> stack.letters("appeal/0").size() == 2);
            assertThat(stack.stored()).hasSize(1);
        }
    }

    @Test
    void shouldShowNothingOfTheQuarantine() throws Exception {
        try (Running stack = new Running("kept", REFUSE_ALL, Map.of("filter.image.quarantine", "quarantine"))) {
            // When: a second file of each is asked for too
            stack.submit("kept", "{\"text\":\"" + RED + "\",\"count\":4,\"output\":{\"format\":\"jpeg\"}}");
            stack.awaitJob("kept", "failed");

            // Then: the pictures lie in quarantine
            assertThat(stack.files()).containsExactlyElementsOf(quarantined(0, 1, 2, 3));
            assertThat(ImageIO.read(stack.object("quarantine/refused/kept/0.png"))
                            .getWidth())
                    .isEqualTo(64);
            await().atMost(PATIENCE)
                    .until(
                            () -> stack.run("moderation", "list").out(),
                            words -> words.lines().count() == 4);
            assertThat(stack.run("moderation", "list").out())
                    .contains("image kept/3 (kept as " + QUARANTINED + "3.png)");
            assertThat(stack.run("moderation", "show", "kept/0").out())
                    .contains("image kept/0 (kept as " + QUARANTINED + "0.png): the image filter refuses it");

            // And nowhere else: gallery, API, previews, second files; webhooks tell of what is on this topic
            assertThat(stack.stored()).isEmpty();
            assertThat(stack.records(stack.topics().images())).isEmpty();
            assertThat(stack.records(stack.topics().jobImages())).isEmpty();
            assertThat(stack.json("/v1/images").path("images")).isEmpty();
            assertThat(stack.json("/v1/jobs/kept/images").path("images")).isEmpty();
            for (String content : List.of("", "/content", "/content?size=32x32", "/rendition", "/preview")) {
                assertThat(stack.get("/v1/jobs/kept/images/kept/0" + content).statusCode())
                        .as(content)
                        .isIn(403, 404);
            }

            // When: one is released
            InProcess released =
                    stack.run("moderation", "release", "kept/0", "--by", "ann", "--reason", "a circle", "--yes");

            // Then: it leaves quarantine
            assertThat(released.exitCode()).as(released.err()).isEqualTo(ExitCode.OK);
            await().atMost(PATIENCE).until(() -> stack.stored().size() == 1);
            assertThat(stack.files())
                    .containsAll(quarantined(1, 2, 3))
                    .contains("images/kept/0.png")
                    .doesNotContainAnyElementsOf(quarantined(0));

            // When: others are deleted, by the API and on the command line
            assertThat(stack.delete("/v1/jobs/kept/images/kept/1")).isEqualTo(204);
            InProcess removed = stack.run("images", "rm", "kept/2", "--yes");

            // Then
            assertThat(removed.out()).matches("kept/2 +refused by the image filter\\R");
            await().atMost(PATIENCE).until(() -> stack.files().stream()
                    .filter(file -> file.startsWith(QUARANTINED))
                    .toList()
                    .equals(quarantined(3)));

            // When: the whole job is
            assertThat(stack.delete("/v1/jobs/kept")).isEqualTo(202);

            // Then
            await().atMost(PATIENCE).until(() -> stack.files().isEmpty());
        }
    }

    private static List<String> quarantined(int... indexes) {
        return Arrays.stream(indexes)
                .mapToObj(index -> QUARANTINED + index + ".png")
                .toList();
    }

    @Test
    void shouldTellOfWhatTheApiRefuses() throws Exception {
        // Given
        String config = StackFile.of(refusing.data).toString();
        HttpRequest request = HttpRequest.newBuilder(refusing.api("/v1/jobs"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"id\":\"unwelcome\",\"prompts\":[\"a picture of gore\"]}"))
                .build();

        // When
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        await().atMost(PATIENCE)
                .until(() -> InProcess.run(folder, "moderation", "list", "--job", "unwelcome", "--config", config)
                        .out()
                        .contains("  refused   unwelcome  "));
        InProcess shown = InProcess.run(folder, "moderation", "show", "unwelcome", "--config", config);
        assertThat(shown.out())
                .contains("about      prompt unwelcome")
                .contains("reason     refused by the HTTP API and not published: text falls under \"gore\"")
                .contains("letter     none: it was not published")
                .doesNotContain("picture");

        // And: nothing is there to be released
        InProcess release = InProcess.run(
                folder, "moderation", "release", "unwelcome", "--by", "ann", "--reason", "x", "--config", config);
        assertThat(release.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(release.err()).contains("The HTTP API refused unwelcome before it was published");
    }

    @Test
    void shouldPublishAndMarkWhatIsBetweenTheThresholds() throws Exception {
        try (Running flagging = new Running(FLAG_ALL)) {
            // When
            flagging.submit("marked", "{\"text\":\"" + RED + "\",\"count\":1}");
            flagging.awaitJob("marked", "completed");

            // Then
            ImageVerdict verdict = flagging.stored().get(0).getVerdict();
            assertThat(verdict.getMark()).isIn("drawing", "neutral");
            assertThat(verdict.getClassifier()).isEqualTo("nsfwjs-mobilenet-v2");
            assertThat(verdict.getScores()).containsOnlyKeys("drawing", "hentai", "neutral", "porn", "sexy");
            await().atMost(PATIENCE)
                    .until(() -> flagging.json("/v1/jobs/marked/images")
                                    .path("images")
                                    .size()
                            == 1);
            JsonNode told = flagging.json("/v1/images").path("images").path(0).path("verdict");
            assertThat(told.path("mark").asText()).isEqualTo(verdict.getMark());
            assertThat(told.path("scores")).hasSize(5);
        }
    }

    @Test
    void shouldMarkAndNotRefuseWhatIsGeneratedHere() throws Exception {
        // When
        InProcess marked = generate("marked", REFUSE_ALL + "=" + EVERY_PICTURE);

        // Then
        assertThat(marked.exitCode()).as(marked.err()).isEqualTo(ExitCode.OK);
        assertThat(marked.err()).contains("The image filter marks");
        assertThat(JSON.readTree(marked.out()).path("mark").asText()).isIn("drawing", "neutral");

        // When: told otherwise
        InProcess refused = generate("refused", REFUSE_ALL + "=" + EVERY_PICTURE, "filter.image=refuse");

        // Then
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.err()).contains("content-policy");
        assertThat(folder.resolve("refused-out")).doesNotExist();
    }

    private static InProcess generate(String name, String... settings) {
        var arguments = new ArrayList<>(List.of("generate", RED, "--output", "json"));
        arguments.addAll(List.of("--data-dir", folder.resolve(name).toString()));
        arguments.addAll(List.of("--out", folder.resolve(name + "-out").toString()));
        for (String setting : settings) {
            arguments.addAll(List.of("--command-property", setting));
        }
        return InProcess.run(folder, arguments.toArray(String[]::new));
    }

    private static byte[] picture(String format) throws IOException {
        var picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        picture.createGraphics().fillOval(16, 16, 32, 32);
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(picture, format, bytes);
        return bytes.toByteArray();
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** A stack with the shipped model and one unusual threshold, seen from outside. */
    private static final class Running implements AutoCloseable {
        private final Path data;
        private final EmbeddedStack stack;
        private final StageConfig config;

        private Running(String threshold) throws Exception {
            this(threshold, threshold);
        }

        private Running(String name, String threshold) throws Exception {
            this(name, threshold, Map.of());
        }

        private Running(String name, String threshold, Map<String, String> more) throws Exception {
            data = folder.resolve(name);
            Map<String, String> settings = new HashMap<>();
            settings.put("model", InProcess.ROOT.resolve("models/shapes").toString());
            settings.put("model.cache", folder.resolve("models").toString());
            settings.put(threshold, EVERY_PICTURE);
            settings.putAll(more);
            stack = EmbeddedStack.start(
                    new StackSettings(data, 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings), phase -> {});
            config = new StageConfig(StageConfig.definition(), stack.settings());
        }

        private InProcess run(String... arguments) {
            return InProcess.onStack(folder, data, arguments);
        }

        private File object(String name) {
            return data.resolve("objects").resolve(name).toFile();
        }

        /** All objects, with their buckets. */
        private List<String> files() throws IOException {
            Path objects = data.resolve("objects");
            try (Stream<Path> files = Files.walk(objects)) {
                return files.filter(Files::isRegularFile)
                        .map(file -> objects.relativize(file).toString())
                        .sorted()
                        .toList();
            }
        }

        private Topics topics() {
            return config.topics();
        }

        private void submit(String id, String prompt) throws Exception {
            HttpRequest request = HttpRequest.newBuilder(api("/v1/jobs"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"id\":\"" + id + "\",\"prompts\":[" + prompt + "]}"))
                    .build();
            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }

        private void publish(ImagePreview preview) throws Exception {
            try (var producer = new KafkaProducer<>(
                    config.producer(), new StringSerializer(), EventSerdes.<ImagePreview>serializer(config.serde()))) {
                producer.send(new ProducerRecord<>(topics().imagePreviews(), preview.getImageId(), preview))
                        .get();
            }
        }

        private JsonNode awaitJob(String job, String state) throws Exception {
            await().atMost(PATIENCE)
                    .until(() -> json("/v1/jobs/" + job).path("state").asText().equals(state));
            return json("/v1/jobs/" + job);
        }

        private JsonNode json(String path) throws Exception {
            return JSON.readTree(get(path).body());
        }

        private URI api(String path) {
            return URI.create(stack.apiUrl()).resolve(path);
        }

        private int delete(String path) throws IOException, InterruptedException {
            return HTTP.send(HttpRequest.newBuilder(api(path)).DELETE().build(), BodyHandlers.discarding())
                    .statusCode();
        }

        private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
            return HTTP.send(HttpRequest.newBuilder(api(path)).build(), BodyHandlers.ofByteArray());
        }

        /** What the image decoder refused. */
        private List<ConsumerRecord<String, byte[]>> letters(String id) {
            return records(Topics.deadLetters(topics().imageTokens())).stream()
                    .filter(letter -> letter.key().startsWith(id))
                    .toList();
        }

        private List<StoredImage> stored() {
            return TopicRecords.read(
                            config,
                            topics().storedImages(),
                            EventSerdes.deserializer(StoredImage.class, config.serde()))
                    .stream()
                    .map(ConsumerRecord::value)
                    .toList();
        }

        private List<ConsumerRecord<String, byte[]>> records(String topic) {
            return TopicRecords.read(config, topic);
        }

        @Override
        public void close() {
            stack.close();
        }
    }
}
