package org.dallemini.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AsciiTextTest {

    @Test
    void shouldLeaveAsciiReadable() {
        assertThat(AsciiText.escape("a red circle, 100% \"big\"", 200)).isEqualTo("a red circle, 100%25 \"big\"");
    }

    @Test
    void shouldEncodeSpacesThatHeadersLose() {
        assertThat(AsciiText.escape(" a  b ", 200)).isEqualTo("%20a%20%20b%20");
    }

    @Test
    void shouldCutBetweenCharactersOnly() {
        // 😀 takes twelve characters
        assertThat(AsciiText.escape("ab😀", 13)).isEqualTo("ab");
        assertThat(AsciiText.escape("ab😀", 14)).isEqualTo("ab%F0%9F%98%80");
        assertThat(AsciiText.escape("ab cd", 3)).isEqualTo("ab");
    }

    @Test
    void shouldReplaceUnpairedSurrogate() {
        assertThat(AsciiText.escape("a\ud83db", 200)).isEqualTo("a%EF%BF%BDb");
    }

    @Test
    void shouldDecodeToTheSameTextWhateverItHolds() {
        // Given
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            String text = random.ints(random.nextInt(20), 0, 0x11000)
                    .filter(c -> c < 0xd800 || c > 0xdfff)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();

            // When
            String escaped = AsciiText.escape(text, 10_000);

            // Then
            assertThat(escaped).matches("([!-~]+( [!-~]+)*)?");
            assertThat(URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .isEqualTo(text);
            assertThat(AsciiText.unescape(escaped)).isEqualTo(text);
        }
    }

    @Test
    void shouldLeaveAsItIsWhatIsNoEncoding() {
        assertThat(AsciiText.unescape("100% red")).isEqualTo("100% red");
    }
}
