package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AlternativesTest {

    @Test
    void shouldCombineAllAlternatives() throws RefusedLineException {
        Alternatives alternatives = Alternatives.parse("a {red|blue} {circle|star} on {white}", null);

        assertThat(alternatives.count()).isEqualTo(4);
        assertThat(alternatives.texts())
                .containsExactly(
                        "a red circle on white",
                        "a red star on white",
                        "a blue circle on white",
                        "a blue star on white");
    }

    @Test
    void shouldTakeNothingForAnAlternative() throws RefusedLineException {
        assertThat(Alternatives.parse("a {|big }ring{}", null).texts()).containsExactly("a ring", "a big ring");
        assertThat(Alternatives.parse("", null).texts()).containsExactly("");
    }

    @Test
    void shouldTakeCharactersBehindABackslashAsTheyAre() throws RefusedLineException {
        assertThat(Alternatives.parse("\\{a\\|b\\} a|b \\\\ \\n {x\\|y|z}", null)
                        .texts())
                .containsExactly("{a|b} a|b \\ \\n x|y", "{a|b} a|b \\ \\n z");
    }

    @Test
    void shouldCountWithoutMakingThem() throws RefusedLineException {
        assertThat(Alternatives.parse("{a|b}".repeat(40), null).count()).isEqualTo(1L << 40);
        assertThat(Alternatives.parse("{a|b}".repeat(1000), null).count()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldSayWhereBracesMakeNoSense() {
        assertThatThrownBy(() -> Alternatives.parse("a {b {c|d}}", null))
                .hasMessageContaining("opens a brace within another at character 6");
        assertThatThrownBy(() -> Alternatives.parse("a}", null)).hasMessageContaining("not open at character 2");
        assertThatThrownBy(() -> Alternatives.parse("a {b|c", null)).hasMessageContaining("leaves a brace open");
    }
}
