package org.dallemini.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "7 | PT7S",
                "3600 | PT1H",
                "Sat, 28 Nov 2026 12:00:30 GMT | PT30S",
                "Sat, 28 Nov 2026 11:59:00 GMT | PT0S",
                "soon |",
                "-1 |",
                "99999999999999999999 |"
            })
    void shouldReadHowLongToWait(String value, Duration expected) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(expected);
    }
}
