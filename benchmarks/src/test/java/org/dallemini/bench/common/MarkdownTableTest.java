package org.dallemini.bench.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MarkdownTableTest {

    @Test
    void shouldAlignColumnsAndEscapeBars() {
        // Given
        var table = new MarkdownTable("what", "n").row("a|b", "1").row("longer than all", "12345");

        // Then
        assertThat(table.toString()).isEqualTo("""
                        | what            | n     |
                        | --------------- | ----- |
                        | a\\|b            | 1     |
                        | longer than all | 12345 |
                        """);
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        assertThatThrownBy(() -> new MarkdownTable("a", "b").row("1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 cells for 2 columns");
    }

    @Test
    void shouldPrintThreeDigitsThatCount() {
        assertThat(Numbers.of(0.12345)).isEqualTo("0.123");
        assertThat(Numbers.of(1.2345)).isEqualTo("1.23");
        assertThat(Numbers.of(12.345)).isEqualTo("12.3");
        assertThat(Numbers.of(1234.5)).isEqualTo("1235");
        assertThat(Numbers.percent(0.425)).isEqualTo("43 %");
    }
}
