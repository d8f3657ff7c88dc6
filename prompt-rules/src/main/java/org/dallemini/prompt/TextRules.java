package org.dallemini.prompt;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which characters a text may hold. */
final class TextRules {
    private static final int SHOWN = 80;

    /** The grapheme joiner, the fillers of Hangul and Khmer, and the blank of Braille. */
    private static final Set<Integer> INVISIBLE =
            Set.of(0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2065, 0x2800, 0x3164, 0xffa0);

    private TextRules() {}

    /**
     * Names the first code point that no text may hold, and where: a control character other than tab, line feed and
     * carriage return, an unpaired surrogate, or a noncharacter (Unicode, section 23.7).
     */
    static Optional<String> offence(String text) {
        int position = 0;
        for (int i = 0; i < text.length(); position++) {
            int codePoint = text.codePointAt(i);
            String kind = kind(codePoint);
            if (!kind.isEmpty()) {
                return Optional.of(
                        String.format(Locale.ROOT, "%s U+%04X as character %d", kind, codePoint, position + 1));
            }
            i += Character.charCount(codePoint);
        }
        return Optional.empty();
    }

    private static String kind(int codePoint) {
        if (Character.isISOControl(codePoint) && codePoint != '\t' && codePoint != '\n' && codePoint != '\r') {
            return "the control character";
        }
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            return "the unpaired surrogate";
        }
        boolean noncharacter = (codePoint >= 0xfdd0 && codePoint <= 0xfdef) || (codePoint & 0xfffe) == 0xfffe;
        return noncharacter ? "the noncharacter" : "";
    }

    /** Whether no character of a text can be seen. */
    static boolean isBlank(String text) {
        return text.codePoints().allMatch(TextRules::isInvisible);
    }

    /** White space of any kind, or a character that is there for others' sake or as a filler. */
    private static boolean isInvisible(int codePoint) {
        return Character.isWhitespace(codePoint)
                || Character.isSpaceChar(codePoint)
                || Character.getType(codePoint) == Character.FORMAT
                || isBetween(codePoint, 0xfe00, 0xfe0f) // variation selectors
                || isBetween(codePoint, 0xe0100, 0xe01ef)
                || isBetween(codePoint, 0x180b, 0x180f)
                || INVISIBLE.contains(codePoint);
    }

    private static boolean isBetween(int codePoint, int first, int last) {
        return codePoint >= first && codePoint <= last;
    }

    /** For messages: the beginning of a text from outside, without anything that could upset a terminal or a log. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length() && i < SHOWN; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return text.length() > SHOWN ? shown + "..." : shown.toString();
    }
}
