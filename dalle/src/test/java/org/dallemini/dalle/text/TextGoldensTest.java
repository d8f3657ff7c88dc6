package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.testing.Goldens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The strings of text.json, whatever the folder of goldens holds: every key that is there is checked. */
class TextGoldensTest {
    private static final JsonNode GOLDENS = Goldens.open().text();

    private static PromptTokenizer tokenizer;
    private static HashtagSplitter hashtags;
    private static TextNormalizer normalizer;

    @BeforeAll
    static void open() throws IOException {
        Path bart = Goldens.open().sets().stream()
                .map(Goldens.Set::bart)
                .filter(folder -> Files.isRegularFile(folder.resolve(CheckpointFiles.WORD_LIST)))
                .findFirst()
                .orElseThrow();
        tokenizer = PromptTokenizer.open(
                bart,
                GOLDENS.path("max_length").asInt(64),
                BartConfig.read(bart).encoderVocabSize());
        hashtags = new HashtagSplitter(WordList.read(bart.resolve(CheckpointFiles.WORD_LIST)));
        normalizer = new TextNormalizer(hashtags);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void shouldNormalizeAsTheOriginal() {
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode string : strings("normalized")) {
            String text = string.path("text").asText();
            softly.assertThat(normalizer.normalize(text))
                    .as(text)
                    .isEqualTo(string.path("normalized").asText());
        }
        softly.assertAll();
    }

    @Test
    void shouldTokenizeRawTextAsTheOriginal() {
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode string : strings("ids_raw")) {
            String text = string.path("text").asText();
            softly.assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids(string.path("ids_raw")));
        }
        softly.assertAll();
    }

    @Test
    void shouldTokenizeNormalizedTextAsTheOriginal() {
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode string : strings("ids_normalized")) {
            String text = string.path("text").asText();
            softly.assertThat(tokenizer.encode(normalizer.normalize(text)))
                    .as(text)
                    .isEqualTo(ids(string.path("ids_normalized")));
        }
        softly.assertAll();
    }

    @Test
    void shouldSplitHashtagsAsTheOriginal() {
        SoftAssertions softly = new SoftAssertions();
        GOLDENS.path("hashtag").properties().forEach(entry -> softly.assertThat(hashtags.split(entry.getKey()))
                .as(entry.getKey())
                .isEqualTo(entry.getValue().asText()));
        softly.assertAll();
    }

    @Test
    void shouldReadNothingAsTheOriginal() {
        assertThat(tokenizer.unconditionalIds()).isEqualTo(ids(GOLDENS.path("unconditional_ids")));
    }

    private static List<JsonNode> strings(String key) {
        List<JsonNode> strings = new ArrayList<>();
        GOLDENS.path("strings").forEach(string -> {
            if (string.has(key)) {
                strings.add(string);
            }
        });
        assertThat(strings).as("strings with " + key + " in text.json").isNotEmpty();
        return strings;
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
