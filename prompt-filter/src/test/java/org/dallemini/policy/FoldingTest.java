package org.dallemini.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the word "forbidden", which stands for those that a policy has. */
class FoldingTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "forbidden",
                "FORBIDDEN",
                "fórbíddèñ",
                "ｆｏｒｂｉｄｄｅｎ",
                "𝓯𝓸𝓻𝓫𝓲𝓭𝓭𝓮𝓷",
                "Ⓕⓞⓡⓑⓘⓓⓓⓔⓝ",
                "🅵🅾🆁🅱🅸🅳🅳🅴🅽",
                "fоrbіddеn",
                "fοrbιddεn",
                "ꜰᴏʀʙɪᴅᴅᴇɴ",
                "f0rb1dd3n",
                "f0rbidd€n",
                "forb!dden",
                "forbidden!!!",
                "forbidden123",
                "f0rbidden!",
                "!f0rb1dden?!",
                "f0rbidden123",
                "for\u200bbid\u00adden",
                "f\u0336o\u0336r\u0336b\u0336idden",
                "forbiiiiidden",
                "fffforbidden",
                "f o r b i d d e n",
                "f.o.r.b.i.d.d.e.n",
                "f-o-r-b-i-d-d-e-n",
                "F 0 R B 1 D D 3 N",
                "a f o r b i d d e n i m a g e",
            })
    void shouldReadWhatIsMeant(String text) {
        assertThat(Folding.readings(text)).anySatisfy(words -> assertThat(words)
                .anySatisfy(readings -> assertThat(readings).contains("forbidden")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unforbidden", "forbiddenly", "for bidden", "запрещённый", "禁止", "1984", "!!!", ""})
    void shouldReadNothingElse(String text) {
        assertThat(Folding.readings(text)).allSatisfy(words -> assertThat(words)
                .allSatisfy(readings -> assertThat(readings).doesNotContain("forbidden")));
    }

    /** Nobody keeps the intake busy with a text. */
    @ParameterizedTest
    @ValueSource(strings = {"⒜⑴", "a ", "ﬃ", "1!", "!1a ", "g0"})
    void shouldReadAnyTextInAFewWays(String piece) {
        String text = piece.repeat(2000 / piece.length());

        int readings = Folding.readings(text).stream()
                .flatMap(List::stream)
                .mapToInt(Set::size)
                .sum();

        assertThat(readings).isLessThan(25_000);
    }

    @Test
    void shouldKeepWordsApart() {
        List<Set<String>> words =
                Folding.readings("a red-and-white cat, 2 dogs").get(0);

        assertThat(words).hasSize(7);
        assertThat(words.get(4)).contains("cat");
        assertThat(words.get(5)).isEmpty();
    }
}
