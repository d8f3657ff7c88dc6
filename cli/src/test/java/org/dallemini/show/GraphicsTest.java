package org.dallemini.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphicsTest {
    private static Map<String, String> environment(String variables) {
        var environment = new HashMap<String, String>();
        for (String each : variables.split(" ")) {
            environment.put(each.split("=")[0], each.split("=")[1]);
        }
        return environment;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    TERM=xterm-kitty                                      | KITTY
                    TERM=xterm-256color KITTY_WINDOW_ID=1                 | KITTY
                    TERM=xterm-ghostty                                    | KITTY
                    TERM=xterm-256color TERM_PROGRAM=iTerm.app            | ITERM2
                    TERM=xterm-256color LC_TERMINAL=iTerm2                | ITERM2
                    TERM=xterm-256color TERM_PROGRAM=WezTerm              | ITERM2
                    TERM=foot                                             | SIXEL
                    TERM=foot-extra                                       | SIXEL
                    TERM=mlterm                                           | SIXEL
                    TERM=xterm-256color                                   | BLOCKS
                    TERM=linux                                            | BLOCKS
                    TERM=tmux-256color KITTY_WINDOW_ID=1                  | BLOCKS
                    TERM=xterm-kitty TMUX=/tmp/tmux                       | BLOCKS
                    """)
    void shouldBeWhatTheTerminalCan(String variables, Graphics best) {
        assertThat(Graphics.of(environment(variables))).contains(best);
    }

    @Test
    void shouldBeNothingWhereThereIsTextAlone() {
        assertThat(Graphics.of(Map.of("TERM", "dumb"))).isEmpty();
        assertThat(Graphics.of(Map.of())).isEmpty();
    }

    @Test
    void shouldHaveAsManyColoursAsTheTerminalSays() {
        assertThat(Screen.of(Graphics.BLOCKS, Map.of("COLORTERM", "truecolor"), 100))
                .isEqualTo(new Screen(Graphics.BLOCKS, true, 100));
        assertThat(Screen.of(Graphics.BLOCKS, Map.of("TERM", "xterm-direct"), 100)
                        .isTrueColour())
                .isTrue();
        assertThat(Screen.of(Graphics.BLOCKS, Map.of("TERM", "xterm-256color"), 0))
                .isEqualTo(new Screen(Graphics.BLOCKS, false, 80));
    }
}
