package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dallemini.events.ImagePreview;
import org.dallemini.events.ImageTokens;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images while they are drawn, through all stages: from the token generator to who watches. */
class PreviewIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String RED = "a red circle on a blue background";
    private static final int SIDE = 8, CELL = 8, PROMPTS = 12, COUNT = 64, ENOUGH = 3;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static EmbeddedStack stack;
    private static StageConfig config;

    @BeforeAll
    static void start() throws Exception {
        Path model = Path.of(System.getProperty("dallemini.root"), "models", "shapes");
        Map<String, String> settings = new HashMap<>();
        settings.put("model", model.toString());
        settings.put("model.cache", folder.resolve("models").toString());
        stack = EmbeddedStack.start(
                new StackSettings(folder.resolve("stack"), 0, 0, 0, 0, 0, StackSettings.Stages.ALL, settings),
                phase -> {});
        config = new StageConfig(StageConfig.definition(), stack.settings());
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @Test
    void shouldTellWhoWatchesOfEveryRowAndShowThePicture() throws Exception {
        // Given: a job that takes long, until enough was seen of it and an image is whole
        submit("watched", PROMPTS, COUNT);
        await().atMost(PATIENCE).until(() -> get("/v1/jobs/watched").statusCode() == 200);
        List<JsonNode> told = new ArrayList<>();
        List<byte[]> pictures = new ArrayList<>();

        // When
        HttpResponse<InputStream> events =
                HTTP.send(HttpRequest.newBuilder(api("/v1/jobs/watched/events")).build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
            String event = "";
            boolean isStored = false;
            boolean isCanceled = false;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                isStored |= line.equals("event: image");
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ") && event.equals("preview")) {
                    JsonNode preview = JSON.readTree(line.substring(6));
                    told.add(preview);
                    HttpResponse<byte[]> answer = get(preview.path("content").asText());
                    assertThat(answer.statusCode()).isIn(200, 404, 503); // stored by now, or the VQGAN is busy
                    if (answer.statusCode() == 200) {
                        pictures.add(answer.body());
                    }
                }
                if (!isCanceled && isStored && pictures.size() >= ENOUGH) {
                    isCanceled = true;
                    post("/v1/jobs/watched/cancel", "");
                }
            }
        }

        // Then
        assertThat(told).isNotEmpty().allSatisfy(preview -> {
            assertThat(preview.path("job").asText()).isEqualTo("watched");
            assertThat(preview.path("rows").asInt()).isEqualTo(SIDE);
            assertThat(preview.path("tokensDrawn").asInt() % SIDE).isZero();
        });
        assertThat(pictures).isNotEmpty().allSatisfy(png -> {
            BufferedImage picture = picture(png);
            assertThat(picture.getWidth()).isEqualTo(SIDE * CELL);
            assertThat(isGrey(picture, SIDE * CELL - 1)).as("the last row").isTrue();
            assertThat(isGrey(picture, 0)).as("the first row").isFalse();
        });

        // And: on the topic is every row of every image that was finished, as it was in the end
        Map<String, ImageTokens> complete = new HashMap<>();
        read(config.topics().imageTokens(), ImageTokens.class).stream()
                .filter(tokens -> tokens.getRequest().getJobId().equals("watched"))
                .forEach(tokens -> complete.put(tokens.getRequest().getImageId(), tokens));
        Map<String, List<Integer>> rows = new HashMap<>();
        for (ImagePreview preview : read(config.topics().imagePreviews(), ImagePreview.class)) {
            ImageTokens whole = complete.get(preview.getImageId());
            if (whole != null && preview.getJobId().equals("watched")) {
                ByteBuffer tokens = preview.getTokens();
                assertThat(whole.getTokens().slice(0, tokens.remaining())).isEqualTo(tokens);
                rows.computeIfAbsent(preview.getImageId(), id -> new ArrayList<>())
                        .add(tokens.remaining() / Short.BYTES / SIDE);
            }
        }
        assertThat(rows).hasSameSizeAs(complete).isNotEmpty();
        assertThat(rows.values()).allSatisfy(each -> assertThat(each).containsExactly(1, 2, 3, 4, 5, 6, 7));
    }

    @Test
    void shouldShowWhatTheImageWillBe() throws Exception {
        // Given: an image that is stored
        submit("done", 1, 1);
        await().atMost(PATIENCE)
                .until(() -> get("/v1/jobs/done/images/done/0/content").statusCode() == 200);
        BufferedImage image = picture(get("/v1/jobs/done/images/done/0/content").body());
        ByteBuffer tokens = read(config.topics().imageTokens(), ImageTokens.class).stream()
                .filter(one -> one.getRequest().getImageId().equals("done/0"))
                .findFirst()
                .orElseThrow()
                .getTokens();

        // When: its tokens come again, all of them
        BufferedImage whole = preview("done", tokens);

        // Then
        assertThat(differences(whole, image, 0, SIDE * CELL)).isZero();

        // When: three rows and five tokens
        BufferedImage begun = preview("half", tokens.slice(0, Short.BYTES * (3 * SIDE + 5)));

        // Then: what is drawn is there, what is to come is grey
        assertThat(differences(begun, image, 0, 2 * CELL) / (2.0 * CELL * SIDE * CELL * 3))
                .as("levels that each pixel is off")
                .isLessThan(16);
        for (int y = 4 * CELL + CELL / 2; y < SIDE * CELL; y++) {
            assertThat(isGrey(begun, y)).as("row of pixels %d", y).isTrue();
        }
        assertThat(begun.getRGB(SIDE * CELL - 1, 4 * CELL - 1)).isEqualTo(begun.getRGB(0, SIDE * CELL - 1));
        assertThat(isGrey(begun, 3 * CELL + 2)).isFalse();
    }

    private static void submit(String id, int prompts, int count) throws Exception {
        String prompt = "{\"text\":\"%s\",\"count\":%d,\"seed\":7}".formatted(RED, count);
        String all = String.join(",", Collections.nCopies(prompts, prompt));
        post("/v1/jobs", "{\"id\":\"%s\",\"prompts\":[%s]}".formatted(id, all));
    }

    private static void post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(api(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        assertThat(HTTP.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(202);
    }

    /** Publishes a preview of an image of this prompt as a token generator would, and fetches its picture. */
    private static BufferedImage preview(String prompt, ByteBuffer tokens) throws Exception {
        String topic = config.topics().imagePreviews();
        ImagePreview preview = new ImagePreview(prompt + "/0", prompt, "made", tokens, SIDE, SIDE, "00ff");
        String path = "/v1/jobs/made/images/" + prompt + "/0/preview";
        try (var producer = new KafkaProducer<>(
                config.producer(), new StringSerializer(), EventSerdes.<ImagePreview>serializer(config.serde()))) {
            producer.send(new ProducerRecord<>(topic, preview.getImageId(), preview))
                    .get();
        }
        await().atMost(PATIENCE).until(() -> get(path).statusCode() == 200);
        return picture(get(path).body());
    }

    private static URI api(String path) {
        return URI.create(stack.apiUrl()).resolve(path);
    }

    private static HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(api(path)).build(), BodyHandlers.ofByteArray());
    }

    private static BufferedImage picture(byte[] png) {
        try {
            return ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether a row of pixels is all of one grey. */
    private static boolean isGrey(BufferedImage image, int y) {
        int first = image.getRGB(0, y);
        boolean isNeutral = (first & 0xff) == (first >> 8 & 0xff) && (first & 0xff) == (first >> 16 & 0xff);
        for (int x = 0; x < image.getWidth(); x++) {
            isNeutral &= image.getRGB(x, y) == first;
        }
        return isNeutral;
    }

    /** Sum of what the levels of some rows of pixels differ by. */
    private static long differences(BufferedImage one, BufferedImage other, int from, int to) {
        long sum = 0;
        for (int y = from; y < to; y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    sum += Math.abs((one.getRGB(x, y) >> shift & 0xff) - (other.getRGB(x, y) >> shift & 0xff));
                }
            }
        }
        return sum;
    }

    /** All records of a topic that there are now. */
    private static <T extends SpecificRecord> List<T> read(String topic, Class<T> type) {
        return TopicRecords.read(config, topic, EventSerdes.deserializer(type, config.serde())).stream()
                .map(ConsumerRecord::value)
                .toList();
    }
}
