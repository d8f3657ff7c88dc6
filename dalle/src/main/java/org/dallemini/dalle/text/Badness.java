package org.dallemini.dalle.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells text that was decoded wrongly from text that was not, by looking for neighbours that no one writes: a small
 * letter with an accent before a capital one, a currency sign after a box corner.
 *
 * <p>The kinds of characters and the rules are those of ftfy 6.3.1 ({@code ftfy.badness}); see the notice in
 * docs/text.md.
 */
final class Badness {
    // Kinds of characters; a-z is a range. Only some 400 characters occur in broken UTF-8.

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

    private static final String MARKS = BOX + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + NUMERIC + LAW;
    private static final String ACCENTED = LOWER_ACCENTED + UPPER_ACCENTED;
    private static final String ARABIC_TAIL = COMMON + CURRENCY + BAD + NUMERIC + START_PUNCTUATION + "ŸŠ®°µ»";
    private static final String SPACE =
            "\t-\r\u001C- \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"; // as Python counts it

    /** Stand for every letter and number, as Python counts them; for all but these letters; for all but a line feed. */
    private static final String WORD = "word", NO_LETTER = "no letter", ANY = "any";

    /** Neighbours that no one writes; each string holds the characters that may stand at one place. */
    private static final List<List<BitSet>> RULES = List.of(
            rule(C1),
            rule(BAD + ACCENTED + MARKS, BAD),
            rule("a-zA-Z", LOWER_COMMON + UPPER_COMMON, BAD),
            rule(BAD, ACCENTED + MARKS),
            rule(LOWER_ACCENTED + LOWER_COMMON + BOX + END_PUNCTUATION + CURRENCY + NUMERIC, UPPER_ACCENTED),
            rule(BOX + END_PUNCTUATION + CURRENCY + NUMERIC, LOWER_ACCENTED),
            rule(LOWER_ACCENTED + BOX + END_PUNCTUATION, CURRENCY),
            rule(SPACE, UPPER_ACCENTED, CURRENCY),
            rule(UPPER_ACCENTED + BOX, NUMERIC + LAW),
            rule(ACCENTED + BOX + CURRENCY + END_PUNCTUATION, START_PUNCTUATION, NUMERIC),
            rule(ACCENTED + CURRENCY + NUMERIC + BOX + LAW, END_PUNCTUATION, START_PUNCTUATION),
            rule(CURRENCY + NUMERIC + BOX, START_PUNCTUATION),
            rule("a-z", UPPER_ACCENTED, START_PUNCTUATION + CURRENCY),
            rule(BOX, KAOMOJI),
            rule(ACCENTED + CURRENCY + NUMERIC + START_PUNCTUATION + END_PUNCTUATION + LAW, BOX),
            rule(BOX, END_PUNCTUATION),
            rule(ACCENTED, START_PUNCTUATION + END_PUNCTUATION, WORD),
            // œ belongs before a plain letter
            rule("Œœ", NO_LETTER),
            // a degree sign after a capital letter
            rule(UPPER_ACCENTED, "°"),
            // UTF-8 read as windows-1252, in pairs
            rule("ÂÃÎÐ", "€œŠš¢£Ÿž\u00A0\u00AD®©°·»" + START_PUNCTUATION + END_PUNCTUATION + "\u2013\u2014´"),
            rule("×", "²³"),
            // Arabic read as windows-1252; two pairs, as each alone is ordinary
            rule("ØÙ", ARABIC_TAIL, "ØÙ", ARABIC_TAIL),
            // alphabets of South Asia read as windows-1252
            rule("à", "²µ¹¼½¾"),
            // UTF-8 read as MacRoman
            rule("√", "±∂†≠®™´≤≥¥µø"),
            rule("≈", "°¢"),
            rule("\u201A", "Ä", "ìîïòôúùû†°¢π"),
            rule("\u201A", "âó", "àä°ê"),
            // UTF-8 read as windows-1251: marks, then Latin-1 letters and Cyrillic, then both mistakes in a row
            rule("в", "Ђ"),
            rule("ВГРС", C1 + BAD + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + "°µ", "ВГРС"),
            rule("Г", "ў", "В", "Ђ", "В", ANY, "A-Za-z "),
            // à, á and the space that does not break, read as windows-1252
            rule("Ã", "\u00A0¡"),
            rule("a-z", "ÃÂ", " "),
            rule("a-z", SPACE, "ÃÂ", " "),
            // Â before a mark that was meant to stand alone
            rule("a-z.,?!" + END_PUNCTUATION, "Â", " " + START_PUNCTUATION + END_PUNCTUATION),
            // UTF-8 read as windows-1253: marks, then Latin-1 letters and Greek
            rule("β", "€", "™\u00A0Ά\u00AD®°"),
            rule("ΒΓΞΟ", C1 + BAD + START_PUNCTUATION + END_PUNCTUATION + CURRENCY + "°", "ΒΓΞΟ"),
            // UTF-8 read as windows-1257: marks
            rule("ā", "€"));

    private Badness() {}

    /** Whether the text looks as if it was decoded wrongly. */
    static boolean isBad(String text) {
        if (text.startsWith("Ã ") || text.startsWith("Â ")) {
            return true;
        }
        int[] codePoints = text.codePoints().toArray();
        for (int start = 0; start < codePoints.length; start++) {
            if (isForeign(codePoints, start) && isBad(codePoints, start)) {
                return true;
            }
        }
        return false;
    }

    /** Spares plain text the rules: in each of them one of the first three characters is not ASCII. */
    private static boolean isForeign(int[] text, int start) {
        for (int i = start; i < Math.min(start + 3, text.length); i++) {
            if (text[i] >= 0x80) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBad(int[] text, int start) {
        for (List<BitSet> rule : RULES) {
            if (matches(rule, text, start)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(List<BitSet> rule, int[] text, int start) {
        if (start + rule.size() > text.length) {
            return false;
        }
        for (int i = 0; i < rule.size(); i++) {
            if (!rule.get(i).get(text[start + i])) {
                return false;
            }
        }
        return true;
    }

    private static List<BitSet> rule(String... places) {
        return Arrays.stream(places).map(Badness::characters).toList();
    }

    private static BitSet characters(String place) {
        BitSet characters = new BitSet();
        if (place.equals(WORD)) {
            IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                    .filter(Badness::isWord)
                    .forEach(characters::set);
        } else if (place.equals(NO_LETTER)) {
            characters.set(0, Character.MAX_CODE_POINT + 1);
            characters.clear('A', 'Z' + 1);
            characters.clear('a', 'z' + 1);
        } else if (place.equals(ANY)) {
            characters.set(0, Character.MAX_CODE_POINT + 1);
            characters.clear('\n');
        } else {
            for (int i = 0; i < place.length(); i++) {
                boolean range = i + 2 < place.length() && place.charAt(i + 1) == '-';
                characters.set(place.charAt(i), place.charAt(range ? i + 2 : i) + 1);
                i += range ? 2 : 0;
            }
        }
        return characters;
    }

    private static boolean isWord(int codePoint) {
        int type = Character.getType(codePoint);
        boolean number = type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
        return Character.isLetterOrDigit(codePoint) || number || codePoint == '_';
    }
}
