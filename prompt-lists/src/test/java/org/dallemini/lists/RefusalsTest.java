package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static PromptLine.Bad bad(int line, String message) {
        return new PromptLine.Bad(line, null, "invalid-text", message, null);
    }

    @Test
    void shouldTellOfEachReasonOnce() {
        // Given
        var refusals = new Refusals(2);

        // When
        refusals.add(bad(1, "no\u0007"));
        refusals.add(bad(2, "never"));
        refusals.add(bad(3, "never"));
        for (int line = 4; line < 24; line++) {
            refusals.add(bad(line, "no\u0007"));
        }
        refusals.add(bad(24, "one too many"));
        refusals.add(bad(25, "one too many"));

        // Then
        assertThat(refusals.words())
                .containsExactly(
                        "line 1 refused: invalid-text: no\uFFFD [so are 20 more lines: 4, 5, 6, 7, 8, ...]",
                        "line 2 refused: invalid-text: never [so is line 3]");
        assertThat(refusals.untold()).isEqualTo(2);
    }
}
