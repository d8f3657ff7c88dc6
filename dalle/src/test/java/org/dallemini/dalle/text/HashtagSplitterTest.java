package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashtagSplitterTest {
    @TempDir
    Path folder;

    @Test
    void shouldTakeTheCheapestWords() throws IOException {
        // ln 2 + ln 3 against ln 7, then ln 3 + ln 4 against ln 2
        assertThat(split("the\nred\ncircle\nre\ndcircle\na\nredcircle\n", "redcircle"))
                .isEqualTo("red circle");
        assertThat(split("a\nredcircle\nred\ncircle\n", "RedCircle")).isEqualTo("RedCircle");
    }

    @Test
    void shouldTakeTheShorterLastWordAtEqualCost() throws IOException {
        // "ab c" costs ln 2 + ln 3, "a bc" the same
        assertThat(split("x\nab\nc\na\nbc\nbc\n", "abc")).isEqualTo("ab c");
        assertThat(split("x\na\nbc\nab\nc\n", "abc")).isEqualTo("a bc");
        assertThat(split("x\n", "qqq")).isEqualTo("q q q");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "photooftheday2020, photo of the day 2020",
                "2021goals, 2021 goals",
                "day's, day's",
                "''', ' ' '",
                "day_of#the, day of the",
                "cafés, c a f s",
            })
    void shouldKeepNumbersAndPossessivesTogether(String hashtag, String split) throws IOException {
        assertThat(split("the\nof\nday\nphoto\ngoals\n's\n0\n1\n2\n", hashtag)).isEqualTo(split);
    }

    @Test
    void shouldTakeTheLastRankOfAWordListedTwice() throws IOException {
        assertThat(split("ab\na\nb\n", "ab")).isEqualTo("ab");
        assertThat(split("ab\na\nb\nx\nx\nx\nab\n", "ab")).isEqualTo("a b");
    }

    @Test
    void shouldCountLinesAsPythonDoes() throws IOException {
        // Given: ab stands in line 7
        Path list = list("x 9\r\ny\u0085z\u2028  Q\tv\nnée\nw\nab");

        // When
        WordRanks words = WordList.read(list);

        // Then
        byte[] ab = {'a', 'b'};
        int hash = WordRanks.prepend(ab[0], WordRanks.prepend(ab[1], WordRanks.emptyHash()));
        assertThat(words.rank(ab, 0, 2, hash)).isEqualTo(7);
        assertThat(words.longest()).isEqualTo(2);
    }

    @Test
    void shouldHoldManyWords() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            many.append('w').append(i).append(" 1\n");
        }
        assertThat(split(many.toString(), "w99999w5w99998")).isEqualTo("w99999 w5 w99998");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\n\nb", "a\n   \nb\n"})
    void shouldRefuseAListThatLacksWords(String words) throws IOException {
        Path list = list(words);
        assertThatThrownBy(() -> WordList.read(list))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(list.toString());
    }

    @Test
    void shouldRefuseWhatIsNoList() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'a', '\n', (byte) 0xFF, (byte) 0xFE});
        Path oneLine = list("a".repeat(1_000_000));

        assertThatThrownBy(() -> WordList.read(binary))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> WordList.read(oneLine))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("more than 4096 characters in line 1");
    }

    private String split(String words, String hashtag) throws IOException {
        return new HashtagSplitter(WordList.read(list(words))).split(hashtag);
    }

    private Path list(String words) throws IOException {
        return Files.writeString(folder.resolve("words.txt"), words);
    }
}
