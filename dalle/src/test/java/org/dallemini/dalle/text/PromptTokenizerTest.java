package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptTokenizerTest {
    /** Of the model to which the tokenizer belongs, and one more. */
    private static final int TOKENS = 701;

    private static final String PROMPT = " a red circle<mask>, </s> café 😀";

    @TempDir
    Path folder;

    @Test
    void shouldCutLongTextsAndKeepBothEnds() throws IOException {
        try (PromptTokenizer tokenizer = PromptTokenizer.open(TestFiles.bart(), 8, TOKENS)) {
            assertThat(tokenizer.encode(" red".repeat(1000)))
                    .hasSize(8)
                    .startsWith(0)
                    .endsWith(2);
            assertThat(tokenizer.encode(" red"))
                    .hasSizeLessThan(8)
                    .startsWith(0)
                    .endsWith(2);
        }
    }

    @Test
    void shouldGiveACopyOfTheUnconditionalIds() throws IOException {
        try (PromptTokenizer tokenizer = PromptTokenizer.open(TestFiles.bart(), 64, TOKENS)) {
            tokenizer.unconditionalIds()[0] = 99;
            assertThat(tokenizer.unconditionalIds()).isEqualTo(tokenizer.encode(""));
        }
    }

    @Test
    void shouldServeManyThreads() throws IOException {
        try (PromptTokenizer tokenizer = PromptTokenizer.open(TestFiles.bart(), 64, TOKENS)) {
            // Given
            List<String> texts =
                    IntStream.range(0, 50).mapToObj(i -> PROMPT + i).toList();
            List<int[]> alone = texts.stream().map(tokenizer::encode).toList();

            // When
            List<int[]> together = IntStream.range(0, 2000)
                    .parallel()
                    .mapToObj(i -> tokenizer.encode(texts.get(i % texts.size())))
                    .toList();

            // Then
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i)).isEqualTo(alone.get(i % texts.size()));
            }
        }
    }

    @Test
    void shouldSurviveEveryCharacter() throws IOException {
        try (PromptTokenizer tokenizer = PromptTokenizer.open(TestFiles.bart(), 64, TOKENS)) {
            for (String text : List.of("\0", "a\0b", "\uD83D", "\uDE00\uD83D x", "\uFFFF", "\u0085")) {
                assertThat(tokenizer.encode(text)).startsWith(0).endsWith(2);
            }
        }
    }

    @Test
    void shouldKnowTheSpecialTokensFromEitherFile() throws IOException {
        Path copy = TestFiles.copyOfBart(folder, "special_tokens_map.json");
        assertThat(encode(copy)).isEqualTo(encode(TestFiles.bart()));
    }

    @Test
    void shouldReadVocabularyAndMergesOfOldCheckpoints() throws IOException {
        Path copy = TestFiles.copyOfBart(folder, "tokenizer.json");
        assertThat(encode(copy)).isEqualTo(encode(TestFiles.bart()));
    }

    @Test
    void shouldGiveNewIdsToSpecialTokensThatTheVocabularyLacks() throws IOException {
        // Given
        Path copy = TestFiles.copyOfBart(folder);
        ObjectMapper json = new ObjectMapper();
        File file = copy.resolve("special_tokens_map.json").toFile();
        json.writeValue(file, ((ObjectNode) json.readTree(file)).put("mask_token", "<hidden>"));
        int vocabulary = json.readTree(copy.resolve("vocab.json").toFile()).size();

        // When
        int[] ids;
        int[] unknown;
        try (PromptTokenizer tokenizer = PromptTokenizer.open(copy, 64, vocabulary + 1);
                PromptTokenizer ofSmaller = PromptTokenizer.open(copy, 64, vocabulary)) {
            ids = tokenizer.encode("<hidden>");
            unknown = ofSmaller.encode("<hidden>");
        }

        // Then: to a model that has no row for it it is letters
        assertThat(ids).containsExactly(0, vocabulary, 2);
        assertThat(unknown).hasSizeGreaterThan(3);
        assertThat(Arrays.stream(unknown)).allMatch(id -> id < vocabulary);
    }

    @Test
    void shouldNameWhatIsMissing() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> PromptTokenizer.open(empty, 64, TOKENS))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("no tokenizer.json");

        Path copy = TestFiles.copyOfBart(folder, "special_tokens_map.json", "tokenizer_config.json");
        assertThatThrownBy(() -> PromptTokenizer.open(copy, 64, TOKENS))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("special_tokens_map.json");
    }

    @Test
    void shouldRefuseBrokenFiles() throws IOException {
        Path copy = TestFiles.copyOfBart(folder);
        for (String broken : List.of("", "{", "[]", "{}", "{\"model\": {\"vocab\": {}}}", "\0\1\2")) {
            Files.writeString(copy.resolve("tokenizer.json"), broken);
            assertThatThrownBy(() -> PromptTokenizer.open(copy, 64, TOKENS))
                    .as(broken)
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("tokenizer.json");
        }
    }

    private static int[] encode(Path bart) throws IOException {
        try (PromptTokenizer tokenizer = PromptTokenizer.open(bart, 64, TOKENS)) {
            return tokenizer.encode(PROMPT);
        }
    }
}
