package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignSyntaxTest {
    private static void check(String text) throws RefusedLineException {
        ForeignSyntax.checkTemplate("text", text, false);
        ForeignSyntax.check("text", text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            a (red:1.3) circle ~ (red:1.3)
            a (red:2) circle ~ (red:2)
            a (red : 0.5) circle ~ (red : 0.5)
            a ((red) circle:1.2) ~ circle:1.2
            a ((red)) circle ~ ((red))
            a [[red]] circle ~ [[red]]
            a (red circle)++ ~ )++
            a (red circle)1.5 on white ~ )1.5
            a red++ circle ~ red++
            hot::2 dog::1 ~ t::2
            a red:: circle ~ d::
            1.3::red:: circle ~ 1.3::r
            a [red:blue:0.5] circle ~ [red:blue:0.5]
            a [red:10] circle ~ [red:10]
            a [cat|dog] in a field ~ [cat|dog]
            a red circle AND a blue star ~ AND
            a cat :1.2 AND a dog ~ AND
            a red circle BREAK a blue star ~ BREAK
            a red circle, BREAK, a blue star ~ BREAK
            a circle <lora:shapes:0.8> ~ <lora:shapes:0.8>
            a circle <hypernet:shapes> ~ <hypernet:shapes>
            embedding:badhands, a circle ~ embedding:badhands
            a \\(red\\) circle ~ \\(
            ("red", "blue").blend(0.5, 0.5) ~ .blend(
            a "red".swap("blue") circle ~ .swap(
            a {2$$red|blue|green} circle ~ {2$$
            a {1-2$$ and $$red|blue} circle ~ {1-2$$
            a {0.5::red|0.5::blue} circle ~ {0.5::
            a {red|3::blue} circle ~ |3::
            a ${colour} circle ~ ${colour}
            a ${c={red|blue}} circle ~ ${c={red|blue}
            a {{colour}} circle ~ {{colour}}
            a {% if x %}red{% endif %} circle ~ {% if x %}
            a __colour__ circle ~ __colour__
            a __shapes/*__ circle ~ __shapes/*__
            a red circle --ar 16:9 --v 5 --no blue ~ --ar
            a red circle --seed 7 ~ --seed
            --prompt "a red circle" --seed 7 ~ --prompt
            a red circle \u2014ar 16:9 ~ \u2014ar
            a red circle \u2013no blue ~ \u2013no
            a red circle -s 50 -W 512 ~ -s 50
            /imagine prompt: a red circle ~ /imagine
            Negative prompt: blue ~ Negative prompt:
            Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 350 ~ Steps: 20,
            """)
    void shouldRefuseByNameWhatOnlyOtherProgramsUnderstand(String text, String part) {
        assertThatThrownBy(() -> check(text))
                .isInstanceOf(RefusedLineException.class)
                .hasMessageContaining("text holds \"")
                .hasMessageContaining(part)
                .hasMessageEndingWith("; --literal draws it as it stands.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a cat (black)",
                "a cat (black, with a bow (red))",
                "a clock (10:30) and a map (16:9)",
                "John (3:16)",
                "a photo (circles: 3)",
                "a station at 10:30, signs in red: two",
                "a sign that says STOP AND GO",
                "SALT AND PEPPER",
                "a sign that says \"BREAK\" in red",
                "BREAKING NEWS, AND more",
                "a well-known rock-and-roll band -- live",
                "minus -3 degrees, year 1999-2000",
                "a C++ book beside a Notepad++ window",
                "std::vector written on a wall",
                "$5 and 3 $ bills",
                "<b>two &amp; yellow</b> stars",
                "snake_case and _under_ scores",
                "a \u201cred\u201d circle \u2014 on white \u2014 and more",
                "50% off, #1 of 2 @ home; a/b",
                "../../etc/passwd C:\\new\\shapes",
                "\u7ea2\u8272\u5706\u5708\uff08\u84dd\u8272\uff09",
                "a {red|blue} circle",
                "{a, b|a, c}"
            })
    void shouldLeavePlainTextAlone(String text) {
        assertThatCode(() -> check(text)).doesNotThrowAnyException();
    }

    @Test
    void shouldLeaveAloneWhatIsExpandedOrEscaped() throws RefusedLineException {
        ForeignSyntax.checkTemplate("text", "a __colour__ circle", true);
        ForeignSyntax.checkTemplate("text", "a \\__colour__ circle of \\{2$$red\\}", false);

        assertThatThrownBy(() -> ForeignSyntax.checkTemplate("text", "a __shapes/*__ circle", true))
                .hasMessageContaining("name each file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            a {red|blue} circle ~ --expand takes {a|b} for alternatives
            a [blue] circle ~ square brackets
            # shapes ~ lists of prompts have no comments
            """)
    void shouldRemarkWhatMayBePlainText(String text, String remark) throws RefusedLineException {
        check(text);

        assertThat(ForeignSyntax.doubt(text, false).orElseThrow()).contains(remark);
        assertThat(ForeignSyntax.doubt("a cat (black), the #1 of [2]", false)).isEmpty();
        assertThat(ForeignSyntax.doubt("a {red} circle", true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(", "((", "[", "[[", "{", "{{", "__", "__a", "<lora:", "a:", "--", "\\(", "{2$", "(a:", " ", ") AND "
            })
    void shouldTakeNoTimeForLongTexts(String part) {
        long begun = cpuNanos();
        try {
            check("a" + part.repeat(50_000 / part.length()));
        } catch (RefusedLineException e) {
            assertThat(e.code()).isEqualTo(ForeignSyntax.CODE);
        }
        assertThat((cpuNanos() - begun) / 1e9).isLessThan(5);
    }

    /** Of this thread: what else runs on the machine does not matter. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
