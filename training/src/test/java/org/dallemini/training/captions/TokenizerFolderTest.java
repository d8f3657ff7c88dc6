package org.dallemini.training.captions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.dallemini.dalle.config.GenerationConfig;
import org.dallemini.dalle.text.PromptTokenizer;
import org.dallemini.dalle.text.TextNormalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerFolderTest {
    @TempDir
    private Path folder;

    @Test
    void shouldMergeTheMostFrequentPairsFirst() {
        BytePairs pairs = BytePairs.learn(Collections.nCopies(3, " hug pug pun bun hugs"), 300);

        assertThat(pairs.merges()).startsWith("u g", "h ug", "u n");
        assertThat(pairs.vocabulary())
                .containsEntry("<s>", 0)
                .containsEntry("</s>", 2)
                .containsKey("Ġhug");
        assertThat(pairs.vocabulary().values()).doesNotHaveDuplicates();
    }

    @Test
    void shouldMakeATokenizerThatThePipelineReads() throws IOException {
        // Given
        List<String> captions = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            captions.add("a red apple on a blue ground");
            captions.add("three yellow bananas, fruit");
        }

        // When
        int size = TokenizerFolder.write(folder, captions, 400);

        // Then: models that learn with it are drawn with little guidance
        assertThat(GenerationConfig.read(folder).conditionScale()).isEqualTo(2);

        // Then: frequent words are one token each, and any other text has tokens, too
        TextNormalizer normalizer = TextNormalizer.open(folder.resolve("enwiki-words-frequency.txt"));
        try (PromptTokenizer tokenizer = PromptTokenizer.open(folder, 64, size)) {
            int[] ids = tokenizer.encode(normalizer.normalize("A red apple on a blue ground!"));
            assertThat(ids).hasSize(7 + 2).startsWith(0).endsWith(2);
            assertThat(tokenizer.encode(normalizer.normalize("zebra, ünïcode")).length)
                    .isGreaterThan(4);
        }
    }

    @Test
    void shouldCleanCaptionsAsTheModelCardTells() {
        assertThat(CaptionCleaning.clean("  Tom <b>and</b>\n Anna<br/>at  the\tbeach, 1 < 2 "))
                .isEqualTo("Tom and Anna at the beach, 1 < 2");
    }

    @Test
    void shouldTellFiguresOfCaptions() {
        Map<String, Object> figures = CaptionFigures.of(List.of("a red apple", "a red apple", "яблоко", ""));

        assertThat(figures)
                .containsEntry("captions", 4)
                .containsEntry("distinct", 3)
                .containsEntry("empty", 1L)
                .containsEntry("otherScripts", 1L)
                .containsEntry("wordsMost", 3);
    }
}
