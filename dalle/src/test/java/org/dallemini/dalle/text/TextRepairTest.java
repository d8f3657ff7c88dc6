package org.dallemini.dalle.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Repair, HTML, emoji and transliteration, one by one. */
class TextRepairTest {
    @ParameterizedTest
    @CsvSource({
        "windows-1252, “naïve café — très joli",
        "ISO-8859-1, Dvořák in Brüssel",
        "windows-1251, Красная площадь в Москве",
        "windows-1250, Gdańsk i Poznań",
        "x-MacRoman, crème brûlée ‘à la carte’",
        "IBM437, straße in Zürich",
        "ISO-8859-1, a 😀 face",
    })
    void shouldUndoAWrongEncoding(String charset, String text) {
        // Given
        String broken = new String(text.getBytes(StandardCharsets.UTF_8), Charset.forName(charset));

        // Then
        assertThat(broken).isNotEqualTo(text);
        assertThat(Ftfy.fix(broken)).isEqualTo(Ftfy.fix(text));
    }

    @ParameterizedTest
    @CsvSource({"naïve café", "Ångström", "ÐÞ", "Київ", "10 €", "¿Qué?", "½ cup", "ʕ•ᴥ•ʔ", "(╯°□°)╯"})
    void shouldLeaveSoundTextAlone(String text) {
        assertThat(Ftfy.fix(text)).isEqualTo(text);
    }

    @Test
    void shouldGuessWhatWasLost() {
        assertThat(Ftfy.fix("voil\u00C3 le travail")).isEqualTo("voilà le travail");
        assertThat(Ftfy.fix("â€œ like this â€\uFFFD")).isEqualTo("\" like this \uFFFD");
    }

    @Test
    void shouldRepairEachLineByItself() {
        assertThat(Ftfy.fix("cafÃ©\r\ncafé")).isEqualTo("café\ncafé");
    }

    @Test
    void shouldLeaveHtmlAsItIsFromTheFirstTagOn() {
        assertThat(Ftfy.fix("&eacute;\n<b>&eacute;\n&eacute;")).isEqualTo("é\n<b>&eacute;\n&eacute;");
    }

    @Test
    void shouldMakeLettersPlain() {
        assertThat(Ftfy.fix("ＬＯＵＤ　ﬁﬃ ｶﾞ ĳ ‘q’")).isEqualTo("LOUD fiffi ガ ij 'q'");
    }

    @Test
    void shouldRemoveWhatShowsNothing() {
        assertThat(Ftfy.fix("\u001B[36;44mblue\u001B[0m\0\uFEFF\u007F \uD800")).isEqualTo("blue \uFFFD");
    }

    @ParameterizedTest
    @CsvSource({
        "&amp;, &",
        "&ampx, &x",
        "&notit;, ¬it;",
        "&notin;, ∉",
        "&#x1F600;, 😀",
        "&#150;, –",
        "&#0;, \uFFFD",
        "&#xD83D;, \uFFFD",
        "&#99999999999999999999;, \uFFFD",
        "a&#x1c;b, ab",
        "&unknown;, &unknown;",
        "&#x;, &#x;",
    })
    void shouldDecodeHtmlAsBrowsersDo(String html, String text) {
        assertThat(HtmlEntities.unescape(html)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "P&EACUTE;REZ, PÉREZ",
        "&SZLIG;, SS",
        "&ampx, &ampx",
        "&GTCC;, &GTCC;",
        "&#38;, &",
        "&#38x;, &#38x;",
    })
    void shouldDecodeOnlyUnambiguousHtml(String html, String text) {
        assertThat(HtmlEntities.unescapeUnambiguous(html)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "🌅, :sunrise:",
        "❤\uFE0F❤, :red_heart::red_heart:",
        "👋🏽, :waving_hand_medium_skin_tone:",
        "👩\u200D🚀, :woman_astronaut:",
        "🐶\u200D🚀, :dog_face:\u200D:rocket:",
        "👩\u200Dx, :woman:\u200Dx",
        "a\uFE0Fb, ab",
        "1\u20E3 1, :keycap_1: 1",
    })
    void shouldNameEmoji(String text, String named) {
        assertThat(EmojiNames.demojize(text)).isEqualTo(named);
    }

    @ParameterizedTest
    @CsvSource({
        "Ünïcödé, Unicode",
        "Киев, Kiev",
        "北京, 'Bei Jing '",
        "こんにちは, konnichiha",
        "𝓯𝓪𝓷𝓬𝔂, fancy",
        "ᴀᴇ, AE",
        "①⓫㉑, 11121",
        "🅰🄺, [A][K]",
        "½, ' 1/2'",
        "💩\uE000, ''",
    })
    void shouldReadEverythingInAscii(String text, String ascii) {
        assertThat(Transliteration.toAscii(text)).isEqualTo(ascii);
    }
}
