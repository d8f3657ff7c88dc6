package org.dallemini.tokens.text;

import java.util.regex.Pattern;

/**
 * Tells text that was decoded wrongly from text that was not, by looking for neighbours that no one writes: a small
 * letter with an accent before a capital one, a currency sign after a box corner.
 *
 * <p>The kinds of characters and the rules are those of ftfy 6.3.1 ({@code ftfy.badness}); see the notice in
 * docs/text.md.
 */
final class Badness {
    // Kinds of characters, as the insides of character classes. Only some 400 characters occur in broken UTF-8.

    /** Found anywhere, no sign of anything: spaces, dashes, the apostrophe. */
    private static final String COMMON = "\u00A0\u00AD\u00B7\u00B4\u2013\u2014\u2015\u2026\u2019";

    private static final String C1 = "\u0080-\u009F";

    /** Hardly ever meant: ¦ ¤ ¨ ¬ ¯ ¸ ƒ ˆ ˇ ˘ ˛ ˜ † ‡ ‰ ⌐ ◊ � ª º. */
    private static final String BAD = "\u00A6\u00A4\u00A8\u00AC\u00AF\u00B8\u0192\u02C6\u02C7\u02D8\u02DB\u02DC"
            + "\u2020\u2021\u2030\u2310\u25CA\uFFFD\u00AA\u00BA";

    private static final String LAW = "¶§";
    private static final String CURRENCY = "¢£¥\u20A7€";

    private static final String START_PUNCTUATION = "¡«¿©\u0384\u0385\u2018\u201A\u201C\u201E\u2022\u2039\uF8FF";
    private static final String END_PUNCTUATION = "®»\u02DD\u201D\u203A\u2122";

    private static final String NUMERIC =
            "²³¹±¼½¾×µ÷\u2044\u2202\u2206\u220F\u2211\u221A\u221E\u2229\u222B\u2248" + "\u2260\u2261\u2264\u2265\u2116";

    /** Letters and signs of which faces are made, such as ò_ó. */
    private static final String KAOMOJI = "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°";

    private static final String UPPER_ACCENTED = "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
    private static final String LOWER_ACCENTED = "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґ\uFB01\uFB02";

    /** Letters of other alphabets, which are ordinary among their like. */
    private static final String UPPER_COMMON = "Þ\u0391-\u03A9ΆΈΉΊΌΎΏΪΫ\u0401-\u042F";

    private static final String LOWER_COMMON = "\u03B1-\u03C9άέήίΰ\u0430-\u045F";
    private static final String BOX = "│┌┐┘├┤┬┼\u2550-\u256C▀▄█▌▐░▒▓";

    /** White space and word characters as Python counts them. */
    private static final String SPACE =
            "[\\t-\\r\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]";

    private static final String WORD = "[\\p{L}\\p{N}_]";

    private static final String MARKS = BOX + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + NUMERIC + LAW;
    private static final String ACCENTED = LOWER_ACCENTED + UPPER_ACCENTED;

    private static final Pattern UNLIKELY = Pattern.compile(String.join(
            "|",
            in(C1),
            in(BAD + ACCENTED + MARKS) + in(BAD),
            "[a-zA-Z]" + in(LOWER_COMMON + UPPER_COMMON) + in(BAD),
            in(BAD) + in(ACCENTED + MARKS),
            in(LOWER_ACCENTED + LOWER_COMMON + BOX + END_PUNCTUATION + CURRENCY + NUMERIC) + in(UPPER_ACCENTED),
            in(BOX + END_PUNCTUATION + CURRENCY + NUMERIC) + in(LOWER_ACCENTED),
            in(LOWER_ACCENTED + BOX + END_PUNCTUATION) + in(CURRENCY),
            SPACE + in(UPPER_ACCENTED) + in(CURRENCY),
            in(UPPER_ACCENTED + BOX) + in(NUMERIC + LAW),
            in(ACCENTED + BOX + CURRENCY + END_PUNCTUATION) + in(START_PUNCTUATION) + in(NUMERIC),
            in(ACCENTED + CURRENCY + NUMERIC + BOX + LAW) + in(END_PUNCTUATION) + in(START_PUNCTUATION),
            in(CURRENCY + NUMERIC + BOX) + in(START_PUNCTUATION),
            "[a-z]" + in(UPPER_ACCENTED) + in(START_PUNCTUATION + CURRENCY),
            in(BOX) + in(KAOMOJI),
            in(ACCENTED + CURRENCY + NUMERIC + START_PUNCTUATION + END_PUNCTUATION + LAW) + in(BOX),
            in(BOX) + in(END_PUNCTUATION),
            in(ACCENTED) + in(START_PUNCTUATION + END_PUNCTUATION) + WORD,
            // œ belongs before a plain letter
            "[Œœ][^A-Za-z]",
            // a degree sign after a capital letter
            in(UPPER_ACCENTED) + "°",
            // UTF-8 read as windows-1252, in pairs
            "[ÂÃÎÐ]" + in("€œŠš¢£Ÿž\u00A0\u00AD®©°·»" + START_PUNCTUATION + END_PUNCTUATION + "\u2013\u2014´"),
            "×[²³]",
            // Arabic read as windows-1252; two pairs, as each alone is ordinary
            arabicPair() + arabicPair(),
            // alphabets of South Asia read as windows-1252
            "à[²µ¹¼½¾]",
            // UTF-8 read as MacRoman
            "√[±∂†≠®™´≤≥¥µø]",
            "≈[°¢]",
            "\u201AÄ[ìîïòôúùû†°¢π]",
            "\u201A[âó][àä°ê]",
            // UTF-8 read as windows-1251: marks, then Latin-1 letters and Cyrillic, then both mistakes in a row
            "вЂ",
            "[ВГРС]" + in(C1 + BAD + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + "°µ") + "[ВГРС]",
            "ГўВЂВ[^\\n][A-Za-z ]",
            // à, á and the space that does not break, read as windows-1252
            "Ã[\u00A0¡]",
            "[a-z]" + SPACE + "?[ÃÂ] ",
            "^[ÃÂ] ",
            // Â before a mark that was meant to stand alone
            in("a-z.,?!" + END_PUNCTUATION) + "Â" + in(" " + START_PUNCTUATION + END_PUNCTUATION),
            // UTF-8 read as windows-1253: marks, then Latin-1 letters and Greek
            "β€[™\u00A0Ά\u00AD®°]",
            "[ΒΓΞΟ]" + in(C1 + BAD + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + "°") + "[ΒΓΞΟ]",
            // UTF-8 read as windows-1257: marks
            "ā€"));

    private Badness() {}

    /** Whether the text looks as if it was decoded wrongly. */
    static boolean isBad(String text) {
        return UNLIKELY.matcher(text).find();
    }

    private static String in(String characters) {
        return "[" + characters + "]";
    }

    private static String arabicPair() {
        return "[ØÙ]" + in(COMMON + CURRENCY + BAD + NUMERIC + START_PUNCTUATION + "ŸŠ®°µ»");
    }
}
