package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void shouldReadRangesAndLists() {
        assertThat(Seeds.parse("1..8").values()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(Seeds.parse("5").values()).containsExactly(5L);
        assertThat(Seeds.parse("-2..0, 7").values()).containsExactly(-2L, -1L, 0L, 7L);
    }

    @Test
    void shouldSayWhatIsWrong() {
        for (String text : List.of("", "a", "1..", "8..1", "1,,2", "1..3,2", "0..10000", "1..6000,10001..16000")) {
            assertThatThrownBy(() -> Seeds.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + text + "'");
        }
    }
}
