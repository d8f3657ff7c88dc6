package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WildcardsTest {
    @TempDir
    private Path folder;

    private Path lists;
    private Wildcards wildcards;

    @BeforeEach
    void write() throws IOException {
        lists = folder.resolve("lists");
        Files.createDirectories(lists.resolve("animals"));
        Files.writeString(lists.resolve("colour.txt"), "\uFEFF# of shapes\nred\n\n  dark blue \r\n");
        Files.writeString(lists.resolve("animals/sea_birds.txt"), "gull\n{tern|skua} __colour__\n");
        Files.writeString(folder.resolve("secret.txt"), "a secret\n");
        wildcards = Wildcards.in(lists);
    }

    @Test
    void shouldStandForEveryLine() throws RefusedLineException {
        Alternatives alternatives = Alternatives.parse("a __colour__ {ring|star}", wildcards);

        assertThat(alternatives.count()).isEqualTo(4);
        assertThat(alternatives.texts())
                .containsExactly("a red ring", "a red star", "a dark blue ring", "a dark blue star");
    }

    @Test
    void shouldStandForEveryLineWithinBracesToo() throws RefusedLineException {
        assertThat(Alternatives.parse("{a __colour__ ring|two __colour__, __colour__|none}!", wildcards)
                        .texts())
                .containsExactly(
                        "a red ring!",
                        "a dark blue ring!",
                        "two red, red!",
                        "two red, dark blue!",
                        "two dark blue, red!",
                        "two dark blue, dark blue!",
                        "none!");
    }

    @Test
    void shouldTakeValuesAsTheyAre() throws RefusedLineException {
        assertThat(Alternatives.parse("__animals/sea_birds__", wildcards).texts())
                .containsExactly("gull", "{tern|skua} __colour__");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a __ b", "____", "__a b__", "_colour_", "___colour_", "__colour_", "__{a", "__-a__"})
    void shouldLeaveOtherUnderscoresAlone(String text) throws RefusedLineException {
        assertThat(Alternatives.parse(text.replace("{", "\\{"), wildcards).texts())
                .containsExactly(text);
    }

    @Test
    void shouldTakeUnderscoresBehindABackslashAsTheyAre() throws RefusedLineException {
        assertThat(Alternatives.parse("\\__colour__", wildcards).texts()).containsExactly("__colour__");
        assertThat(Alternatives.parse("__colour__ \\_", null).texts()).containsExactly("__colour__ \\_");
    }

    @Test
    void shouldReadAFileOnce() throws IOException, RefusedLineException {
        // Given
        assertThat(Alternatives.parse("__colour__", wildcards).count()).isEqualTo(2);

        // When: a list is read twice, and must be the same both times
        Files.writeString(lists.resolve("colour.txt"), "green\n");

        // Then
        assertThat(Alternatives.parse("__colour__", wildcards).texts()).containsExactly("red", "dark blue");
    }

    @Test
    void shouldNotLeaveTheFolder() throws IOException {
        Files.createSymbolicLink(lists.resolve("link.txt"), folder.resolve("secret.txt"));

        refuses("__a/../../secret__", "there is no such file");
        refuses("__animals/../../secret__", "outside of the folder");
        refuses("__link__", "outside of the folder");
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        Files.writeString(lists.resolve("empty.txt"), "# nothing\n\n");
        Files.write(lists.resolve("latin.txt"), "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        refuses("__size__", "size.txt, and there is no such file");
        refuses("__animals__", "there is no such file");
        refuses("__empty__", "it has no values");
        refuses("__latin__", "it is not in UTF-8");
        assertThatThrownBy(() -> Wildcards.in(lists.resolve("none"))).hasMessageContaining("there is no folder");
    }

    @Test
    void shouldRefuseTooManyInOnePairOfBraces() throws IOException {
        Files.write(lists.resolve("many.txt"), Collections.nCopies(2000, "x"));

        assertThatThrownBy(() -> Alternatives.parse("{__many__ __many__}", wildcards))
                .hasMessageContaining("more than 1000000");
    }

    private void refuses(String text, String why) {
        assertThatThrownBy(() -> Alternatives.parse(text, wildcards))
                .isInstanceOf(RefusedLineException.class)
                .hasMessageContaining(why);
    }
}
