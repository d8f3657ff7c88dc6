package org.dallemini.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.Test;

class LetterTextTest {
    @Test
    void shouldTellOfARecordThatWasTooLargeForItsLetter() {
        // Given
        DeadLetter letter = Letters.omitted();

        // When
        LetterValue value = LetterValue.of(letter, Map.of());

        // Then
        assertThat(LetterText.line(letter, false)).endsWith("(record omitted) Because");
        assertThat(LetterText.summary(letter).get("omitted").textValue())
                .isEqualTo("value of 5000 bytes, 0 headers of 0 bytes");
        assertThat(LetterText.page(letter, value, false))
                .contains("value        not in the letter: value of 5000 bytes, 0 headers of 0 bytes;", "prompts 1:7");
        assertThat(LetterText.whole(letter, value, false).get("value").isNull()).isTrue();
        assertThat(LetterText.whole(letter, value, false).get("origin").textValue())
                .isEqualTo("prompts 1:7");
    }

    @Test
    void shouldSayNothingOfAnOmissionWhereThereIsNone() {
        DeadLetter letter = Letters.refused("p", ErrorCode.INVALID_TEXT, 0);

        assertThat(LetterText.line(letter, false)).endsWith(" Because");
        assertThat(LetterText.summary(letter).get("omitted").isNull()).isTrue();
    }
}
