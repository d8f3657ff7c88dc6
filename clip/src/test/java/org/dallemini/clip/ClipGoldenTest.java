package org.dallemini.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.dallemini.dalle.cache.ModelCache;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.session.Sessions;
import org.dallemini.dalle.vqgan.Pictures;
import org.dallemini.dalle.vqgan.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of transformers' FlaxCLIPModel, made by {@code src/test/python/clip_vectors.py}. */
class ClipGoldenTest {
    private static final Path GOLDENS = Path.of("src/test/resources/org/dallemini/clip");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PICTURES = 5, SIZE = 40, EVERY = 97;

    @TempDir
    private Path folder;

    private Clip open(String name) throws Exception {
        return Clip.open(GOLDENS.resolve(name), new ModelCache(folder.resolve("cache")), new Sessions(1));
    }

    private static RgbImage picture(String name, int number) throws Exception {
        byte[] file = Files.readAllBytes(GOLDENS.resolve(name).resolve(number + ".png"));
        return Pictures.pixels(Pictures.read(file, Pictures.MAX_PIXELS));
    }

    private static JsonNode vectors(String name) throws Exception {
        return JSON.readTree(GOLDENS.resolve(name).resolve("vectors.json").toFile());
    }

    private static void assertEqual(float[] actual, JsonNode expected) {
        assertThat(actual).hasSize(expected.size());
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo((float) expected.get(i).asDouble(), within(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"quick-gelu", "gelu"})
    void shouldEqualTheOriginalInBothTowersAndInLogits(String name) throws Exception {
        JsonNode vectors = vectors(name);
        try (Clip clip = open(name)) {
            List<Embedding> pictures = new ArrayList<>();
            for (int i = 0; i < PICTURES; i++) {
                pictures.add(clip.embed(picture(name, i)));
                assertEqual(
                        pictures.get(i).values(), vectors.get("imageEmbeddings").get(i));
            }
            for (int t = 0; t < vectors.get("texts").size(); t++) {
                Embedding text = clip.embed(vectors.get("texts").get(t).asText());
                assertEqual(text.values(), vectors.get("textEmbeddings").get(t));
                for (int i = 0; i < PICTURES; i++) {
                    double logit = clip.scale() * pictures.get(i).cosine(text);
                    assertThat(logit)
                            .isCloseTo(vectors.get("logits").get(t).get(i).asDouble(), within(1e-4));
                }
            }
        }
    }

    @Test
    void shouldPreparePicturesAsTheOriginal() throws Exception {
        for (int i = 0; i < PICTURES; i++) {
            FloatBuffer pixels = ClipPixels.of(picture("gelu", i), SIZE);
            JsonNode expected = vectors("gelu").get("pixels").get(i);
            for (int j = 0; j < expected.size(); j++) {
                assertThat(pixels.get(j * EVERY))
                        .as("picture %d, value %d", i, j * EVERY)
                        .isCloseTo((float) expected.get(j).asDouble(), within(1e-6f));
            }
        }
    }

    @Test
    void shouldReadTextsAsTheOriginal() throws Exception {
        Path model = GOLDENS.resolve("gelu");
        JsonNode texts = JSON.readTree(GOLDENS.resolve("texts.json").toFile());
        assertThat(texts).hasSize(200);
        try (ClipTokenizer tokenizer = ClipTokenizer.open(model, ClipConfig.read(model))) {
            for (JsonNode each : texts) {
                long[] ids = StreamSupport.stream(each.get("ids").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
                assertThat(tokenizer.encode(each.get("text").asText()))
                        .as(each.get("text").asText())
                        .containsExactly(ids);
            }
        }
    }

    @Test
    void shouldSayWhatIsMissingOrWrong() throws Exception {
        assertThatThrownBy(() -> ClipConfig.read(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("openai/clip-vit-base-patch32");
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"model_type\": \"bert\"}");
        assertThatThrownBy(() -> ClipConfig.read(folder)).hasMessageContaining("bert");
        Files.writeString(config, "{\"vision_config\": {\"patch_size\": 30}}");
        assertThatThrownBy(() -> ClipConfig.read(folder)).hasMessageContaining("30 pixels");
        Files.writeString(config, "{\"text_config\": {\"hidden_act\": \"relu\"}}");
        assertThatThrownBy(() -> ClipConfig.read(folder)).hasMessageContaining("relu");
        Files.writeString(config, "no json");
        assertThatThrownBy(() -> ClipConfig.read(folder)).hasMessageContaining("no JSON");
        Files.writeString(config, "{}");
        assertThat(ClipConfig.read(folder).patches()).isEqualTo(49);
        assertThatThrownBy(() -> Clip.open(folder, new ModelCache(folder.resolve("cache")), new Sessions(1)))
                .hasMessageContaining("tokenizer.json");
    }
}
