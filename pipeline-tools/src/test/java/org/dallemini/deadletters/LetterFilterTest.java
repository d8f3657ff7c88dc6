package org.dallemini.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LetterFilterTest {
    @Test
    void shouldTakeAllUnlessToldOtherwise() {
        assertThat(LetterFilter.ALL).accepts(Letters.refused("", ErrorCode.INVALID_TEXT, 0));
    }

    @Test
    void shouldWantAllThatIsGiven() {
        // Given
        var filter = new LetterFilter(
                Set.of("invalid-text", "invalid-id"), Instant.ofEpochMilli(10), Instant.ofEpochMilli(20), "p");

        // Then
        assertThat(filter)
                .accepts(
                        Letters.refused("p", ErrorCode.INVALID_TEXT, 10),
                        Letters.refused("p/3", ErrorCode.INVALID_ID, 19))
                .rejects(
                        Letters.refused("p", ErrorCode.ID_REUSED, 10),
                        Letters.refused("p", ErrorCode.INVALID_TEXT, 9),
                        Letters.refused("p", ErrorCode.INVALID_TEXT, 20),
                        Letters.refused("q", ErrorCode.INVALID_TEXT, 10));
    }

    @ParameterizedTest
    @CsvSource({
        "a1, a1, true",
        "a1, a1/0, true",
        "a1, a10, false",
        "a1, a10/0, false",
        "a1/0, a1/0, true",
        "a1/0, a1/01, false",
        "a1/0, a1, false",
        "a1*, a10/0, true",
        "a1*, b, false",
        "*, b, true"
    })
    void shouldTakeAPromptsIdForItsImagesToo(String id, String key, boolean meant) {
        assertThat(new LetterFilter(Set.of(), null, null, id).test(Letters.refused(key, ErrorCode.INVALID_TEXT, 0)))
                .isEqualTo(meant);
    }
}
