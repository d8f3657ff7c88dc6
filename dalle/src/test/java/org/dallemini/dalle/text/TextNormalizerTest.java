package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextNormalizerTest {
    private static final int LENGTH = 10_000;
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]+");

    /** Each text takes milliseconds; what blows up takes minutes. Generous, as the machine may be busy. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static TextNormalizer normalizer;

    @BeforeAll
    static void readWords() throws IOException {
        normalizer = TextNormalizer.open(TestFiles.resource("words.txt"));
    }

    @Test
    void shouldTakeTheLikeliestWordForAPerson() {
        assertThat(normalizer.normalize("a photo of <person>")).isEqualTo(" a photo of a person");
        assertThat(normalizer.normalize("<person>, <person> and <PERSON> dancing"))
                .isEqualTo(" people dancing");
    }

    @Test
    void shouldProtectOnlyTheFirstOfTwoDotsAroundOneLetter() {
        assertThat(normalizer.normalize("version 2.0.1 costs 1,234,567.89"))
                .isEqualTo(" version 2.0, 1 costs 1234567.89");
    }

    @Test
    void shouldAlwaysBeginWithASpace() {
        assertThat(normalizer.normalize("")).isEqualTo(" ");
        assertThat(normalizer.normalize(" \n,\t")).isEqualTo(" ");
        assertThat(normalizer.normalize("dog")).isEqualTo(" dog");
    }

    @Test
    void shouldLeaveOnlyPrintableAscii() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            String normalized = normalizer.normalize("a" + (char) c + "b");
            if (!PRINTABLE.matcher(normalized).matches()) {
                assertThat(normalized).as("U+%04X", c).matches(PRINTABLE);
            }
        }
    }

    @Test
    void shouldNameAMissingWordList(@TempDir Path folder) {
        Path missing = folder.resolve("words");
        assertThatThrownBy(() -> TextNormalizer.open(missing))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(missing + " is missing")
                .hasMessageContaining("dalle-mini/dalle-mini");
    }

    @Test
    void shouldSkipAByteOrderMarkBeforeTheFirstWord(@TempDir Path folder) throws IOException {
        Path words = Files.writeString(folder.resolve("words"), "\uFEFFred 2\nball 1\n");
        assertThat(TextNormalizer.open(words).normalize("#redball")).isEqualTo(" red ball");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldTakeLittleTimeForHostileText(String piece) {
        String text = piece.repeat(LENGTH / piece.length() + 1).substring(0, LENGTH);

        assertTimeout(LIMIT, () -> normalizer.normalize(text));
        assertTimeout(LIMIT, () -> normalizer.normalize("&" + text));
        assertTimeout(LIMIT, () -> normalizer.normalize(text + "\u00E9!"));
    }

    static List<String> hostile() {
        List<String> pieces = new ArrayList<>();
        pieces.addAll(List.of("a", " ", "\"", "' ", ",", "amp;", "&", "&#", "<", "<a", "#", "#a", "[1", "[1] ", "a-"));
        pieces.addAll(List.of("<person>", "<person>,and ", "<person>,,,,,", "1,000", "1.", "\u001B[0;", "xtokx", "\n"));
        pieces.addAll(List.of("<\n", "\u0080", "\u00C0", "\u00C2", "\u00E9", "\u00ED", "\u00ED\u00A0", "\uFFFD"));
        pieces.addAll(List.of("\uD800", "\u4E2D", "\u0301", "e\u0301", "\uFDFA", "\u200D", "👩", "👩\u200D"));
        pieces.addAll(List.of("🏿\u200D", "👨🏿\u200D❤"));
        String brokenSixTimes = "\u00E9";
        for (int i = 0; i < 6; i++) {
            brokenSixTimes = new String(brokenSixTimes.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        }
        pieces.add(brokenSixTimes);
        return pieces;
    }
}
