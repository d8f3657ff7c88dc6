package org.dallemini.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNamesTest {
    private final Random random = new Random(11);

    @ParameterizedTest
    @CsvSource({
        "A red circle!, a-red-circle",
        "../../etc/passwd, etc-passwd",
        "'a b\\c:d*e?f<g>h|i\"j', a-b-c-d-e-f-g-h-i-j",
        "'  -- 3 stars, 50% --  ', 3-stars-50",
        "Café Ångström, cafe-angstrom",
        "'', image",
        "'🔴 🔵', image",
        "…, image",
    })
    void shouldNameLatinTextsAsEver(String text, String name) {
        assertThat(FileNames.of(text)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "红色圆圈, 红色圆圈",
        "赤い丸、青い背景。, 赤い丸-青い背景",
        "ガラスのリンゴ, ガラスのリンゴ",
        "빨간 원, 빨간-원",
        "Красный круг й ё, красный-круг-й-ё",
        "Κόκκινος κύκλος, κόκκινος-κύκλος",
        "लाल वृत्त की, लाल-वृत्त-की",
        "วงกลมสีแดง, วงกลมสีแดง",
        "דג אדום, דג-אדום",
        "دائرة حمراء ٣, دائرة-حمراء-٣",
        "Straße nach Łódź, straße-nach-łodz",
        "red 红 круг, red-红-круг",
    })
    void shouldKeepTheLettersOfEveryScript(String text, String name) {
        assertThat(FileNames.of(text)).isEqualTo(name);
        assertThat(FileNames.of(Normalizer.normalize(text, Normalizer.Form.NFD)))
                .describedAs("however its letters are composed")
                .isEqualTo(name);
    }

    @Test
    void shouldDropWhatIsNotSeen() {
        assertThat(FileNames.of("\uFEFFa\u200Fred\u202E cir\u00ADcle\u2069")).isEqualTo("ared-circle");
        assertThat(FileNames.of("می\u200Cخواهم")).isEqualTo("میخواهم");
        assertThat(FileNames.of("a\u200Bb\u0000c\u0007d\ne")).isEqualTo("a-b-c-d-e");
        assertThat(FileNames.of("\uD800 lone \uDFFF")).isEqualTo("lone");
        assertThat(FileNames.of("1\uFE0F\u20E3 red")).isEqualTo("1-red");
    }

    @Test
    void shouldCutBetweenLetters() {
        assertThat(FileNames.of("word ".repeat(2000)))
                .isEqualTo("word-word-word-word-word-word-word-word-word-word-word-word");
        assertThat(FileNames.of("红".repeat(100))).isEqualTo("红".repeat(60));
        assertThat(FileNames.of("\uD840\uDC00".repeat(100))).isEqualTo("\uD840\uDC00".repeat(45));
        assertThat(FileNames.of("x" + "कि".repeat(100)))
                .describedAs("a letter keeps its mark")
                .isEqualTo("x" + "कि".repeat(29));
        assertThat(FileNames.of("क" + "\u093F".repeat(300))).isEqualTo("image");
    }

    @RepeatedTest(300)
    void shouldBeSafeInEveryFileSystemWhateverTheText() {
        // Given
        String text = random.ints(random.nextInt(150), 0, random.nextBoolean() ? 0x110000 : 0x3000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        // When
        String name = FileNames.of(text);

        // Then
        assertThat(name).isNotEmpty().isEqualTo(Normalizer.normalize(name, Normalizer.Form.NFC));
        assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(180);
        assertThat(name.codePoints()
                        .noneMatch(each -> Character.isISOControl(each)
                                || "/\\:*?\"<>|. ".indexOf(each) >= 0
                                || Character.getType(each) == Character.SURROGATE
                                || Character.getType(each) == Character.FORMAT))
                .describedAs(name)
                .isTrue();
        assertThat(name).doesNotStartWith("-").doesNotEndWith("-").doesNotContain("--");
    }
}
