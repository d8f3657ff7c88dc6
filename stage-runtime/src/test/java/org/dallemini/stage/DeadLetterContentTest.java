package org.dallemini.stage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterContentTest {
    @Test
    void shouldStayAsItIsWhereItFits() {
        DeadLetterContent letter = letter(new byte[3], new byte[100], 5, 10);
        assertThat(letter.fit(letter.size())).isSameAs(letter);
    }

    @Test
    void shouldGiveUpTheStackTraceFirst() {
        // Given
        DeadLetterContent letter = letter(new byte[3], new byte[100], 5, 10);

        // When
        DeadLetterContent smaller = letter.fit(letter.size() - 1);

        // Then
        assertThat(smaller.headers().lastHeader(DeadLetters.STACKTRACE)).isNull();
        assertThat(smaller.headers().lastHeader(DeadLetters.OMITTED)).isNull();
        assertThat(smaller.value()).isSameAs(letter.value());
        assertThat(smaller.headers().headers("h")).hasSize(5);
        assertThat(letter.headers().lastHeader(DeadLetters.STACKTRACE))
                .as("the first stays")
                .isNotNull();
    }

    @Test
    void shouldTellOfARecordThatDoesNotFit() {
        // When
        DeadLetterContent smallest =
                letter(new byte[3], new byte[100_000], 10_000, 10).fit(8_000);

        // Then
        assertThat(smallest.size()).isLessThan(8_000);
        assertThat(smallest.key()).hasSize(3);
        assertThat(smallest.value()).isNull();
        assertThat(smallest.headers().headers("h")).isEmpty();
        assertThat(text(smallest.headers(), DeadLetters.OFFSET)).isEqualTo("42");
        assertThat(text(smallest.headers(), DeadLetters.OMITTED))
                .isEqualTo("value of 100000 bytes, 10000 headers of 210000 bytes");
        assertThat(smallest.smaller()).isEmpty();
    }

    @Test
    void shouldNotKeepAHugeKey() {
        DeadLetterContent smallest = letter(new byte[90_000], new byte[0], 0, 0).fit(8_000);
        assertThat(smallest.key()).isNull();
        assertThat(text(smallest.headers(), DeadLetters.OMITTED))
                .isEqualTo("value of 0 bytes, 0 headers of 0 bytes, key of 90000 bytes");
    }

    /** With the longest message and stack trace there can be. */
    private static DeadLetterContent letter(byte[] key, byte[] value, int headers, int headerBytes) {
        Headers all = new RecordHeaders();
        for (int i = 0; i < headers; i++) {
            all.add("h", new byte[headerBytes]);
        }
        String endless = "x".repeat(1_000_000);
        DeadLetters.describe(
                all,
                new DeadLetters.Reason(
                        "stage",
                        "topic",
                        3,
                        42,
                        ErrorCode.INVALID_RECORD,
                        endless,
                        new IllegalStateException(endless)));
        return new DeadLetterContent(key, value, all);
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        assertThat(header).isNotNull();
        return new String(header.value(), UTF_8);
    }
}
