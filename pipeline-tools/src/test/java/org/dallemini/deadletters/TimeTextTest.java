package org.dallemini.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
    private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "30s, 2026-03-10T11:59:30Z",
        "15m, 2026-03-10T11:45:00Z",
        "2h, 2026-03-10T10:00:00Z",
        "7d, 2026-03-03T12:00:00Z",
        "2026-01-31, 2026-01-31T00:00:00Z",
        "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00+02:00, 2026-01-31T10:00:00Z"
    })
    void shouldReadWhatPeopleWrite(String text, Instant expected) {
        assertThat(TimeText.parse(text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "30s, 2026-03-10T12:00:30Z",
        "2h, 2026-03-10T14:00:00Z",
        "2026-01-31T12:00:00+02:00, 2026-01-31T10:00:00Z"
    })
    void shouldReadWhenAWishEnds(String text, Instant expected) {
        assertThat(TimeText.parseDeadline(text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "tomorrow", "2026-01-31"})
    void shouldSayHowToWriteWhenAWishEnds(String text) {
        assertThatThrownBy(() -> TimeText.parseDeadline(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("from now on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "2w", "-2h", "yesterday", "2026-02-30", "2026-01-31T25:00:00Z", "9999999999d"})
    void shouldSayWhatToWriteInstead(String text) {
        assertThatThrownBy(() -> TimeText.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("2h");
    }
}
