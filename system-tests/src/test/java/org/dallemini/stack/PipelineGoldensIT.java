package org.dallemini.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.dallemini.dalle.testing.Goldens;
import org.dallemini.dalle.testing.Goldens.Golden;
import org.dallemini.dalle.testing.Npy;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.Sampling;
import org.dallemini.events.StoredImage;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.schemas.Topics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The original's outputs for the small model, asked for as another system would: prompts published to Kafka, tokens
 * read from their topic, pictures fetched from the object store.
 */
class PipelineGoldensIT {
    private static final Golden GOLDENS = Goldens.ofModel();

    @TempDir
    static Path folder;

    private static Pipeline pipeline;

    @BeforeAll
    static void startStack() throws Exception {
        // the default depends on the processor
        pipeline = Pipeline.start(folder, Map.of("bart.precision", "fp32"));
    }

    @AfterAll
    static void stopStack() {
        pipeline.close();
    }

    @TestFactory
    List<DynamicTest> shouldDrawWhatTheOriginalDraws() {
        JsonNode golden = GOLDENS.json("golden.json");
        return golden.get("sequences").properties().stream()
                .map(sequence -> DynamicTest.dynamicTest(
                        sequence.getKey(), () -> check(sequence.getKey(), golden.get("captions"), sequence.getValue())))
                .toList();
    }

    private static void check(String name, JsonNode captions, JsonNode settings) throws Exception {
        // Given
        var requests = new HashMap<String, PromptRequest>();
        for (int row = 0; row < captions.size(); row++) {
            PromptRequest request =
                    request(name + "-" + row, captions.get(row).asText(), settings, row, captions.size());
            requests.put(request.getId(), request);
        }

        Set<String> blank = requests.values().stream()
                .filter(request -> PromptValidator.isBlank(request.getText()))
                .map(PromptRequest::getId)
                .collect(Collectors.toSet());

        // When
        pipeline.publish(requests.values());
        requests.keySet().removeAll(blank);
        Map<String, ImageTokens> tokens =
                pipeline.collect(new Topics("").imageTokens(), ImageTokens.class, requests.keySet());
        Map<String, StoredImage> images =
                pipeline.collect(new Topics("").storedImages(), StoredImage.class, requests.keySet());

        // Then: the intake draws no text of which nothing can be seen, which the golden tests of the model do
        assertThat(pipeline.deadLetters(Topics.deadLetters(new Topics("").prompts()), blank))
                .containsKeys(blank.toArray(new String[0]))
                .allSatisfy((id, refusal) -> assertThat(refusal).startsWith("invalid-text: "));
        int[][] expected = GOLDENS.array("tokens_" + name).rows();
        for (int row = 0; row < expected.length; row++) {
            if (blank.contains(name + "-" + row)) {
                continue;
            }
            assertThat(Pipeline.tokens(of(tokens, name, row)))
                    .describedAs("tokens of caption %s", captions.get(row))
                    .isEqualTo(expected[row]);
        }
        String pixels = "uint8_" + name;
        if (GOLDENS.has(pixels)) {
            assertPixels(name, GOLDENS.array(pixels), images, expected.length);
        }
    }

    /**
     * The settings of golden.json, whose numbers may be written as text; without sampling the likeliest token is taken.
     */
    private static PromptRequest request(String id, String text, JsonNode settings, int row, int rows) {
        boolean sampled = settings.has("prng_key");
        return PromptRequest.newBuilder()
                .setId(id)
                .setText(text)
                .setSeed(sampled ? settings.get("prng_key").asLong() : 0L)
                .setSampling(Sampling.newBuilder()
                        .setTemperature((float) number(settings, "temperature", 1))
                        .setTopK((int) number(settings, "top_k", sampled ? 50 : 1))
                        .setTopP((float) number(settings, "top_p", 1))
                        .setGuidanceScale((float) number(settings, "condition_scale", 1))
                        .setBatchIndex(row)
                        .setBatchSize(rows)
                        .build())
                .build();
    }

    private static double number(JsonNode settings, String name, double byDefault) {
        return settings.has(name) ? Double.parseDouble(settings.get(name).asText()) : byDefault;
    }

    private static <T> T of(Map<String, T> records, String name, int row) {
        return Objects.requireNonNull(records.get(name + "-" + row));
    }

    /** At most one level of difference, on less than 0.1 % of the values of all pictures. */
    private static void assertPixels(String name, Npy expected, Map<String, StoredImage> images, int count)
            throws Exception {
        int height = expected.shape()[1];
        int width = expected.shape()[2];
        ByteBuffer levels = expected.data().duplicate();
        int different = 0;
        for (int row = 0; row < count; row++) {
            if (!images.containsKey(name + "-" + row)) { // its text is blank
                levels.position(levels.position() + height * width * 3);
                continue;
            }
            byte[] object = pipeline.object(of(images, name, row).getKey());
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(object));
            assertThat(picture.getWidth()).isEqualTo(width);
            assertThat(picture.getHeight()).isEqualTo(height);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int rgb = picture.getRGB(x, y);
                    for (int shift = 16; shift >= 0; shift -= 8) {
                        int difference = Math.abs((rgb >> shift & 255) - (levels.get() & 255));
                        assertThat(difference)
                                .describedAs("picture %d at %d, %d", row, x, y)
                                .isLessThanOrEqualTo(1);
                        different += difference;
                    }
                }
            }
        }
        assertThat(different).isLessThan(Math.max(1, count * height * width * 3 / 1000));
    }
}
