package org.dallemini.dalle.text;

import java.util.function.UnaryOperator;

/**
 * Finds pieces of text that look like UTF-8 decoded with a Latin-like encoding, whichever it was and though it may
 * differ from piece to piece: a character that a leading byte becomes, then as many as it asks for that continuation
 * bytes become.
 */
final class Utf8Lookalikes {
    /** Characters by what they may have been: a leading byte of 2, 3 or 4, a continuation byte, surely the latter. */
    private static final byte LEADS_2 = 1, LEADS_3 = 2, LEADS_4 = 4, CONTINUES = 8, SURELY_CONTINUES = 16;

    /** These stand for themselves too often: space, dashes, quotation marks, bullet, ellipsis. */
    private static final String AMBIGUOUS = " \u2013\u2014\u2015\u2018\u2019\u201A\u201C\u201D\u201E\u2022\u2026";

    private static final byte[] ROLES = roles();

    private Utf8Lookalikes() {}

    /** Replaces each piece, the longest there is, that is not the tail of something longer. */
    static String replaceAll(String text, UnaryOperator<String> replacement) {
        StringBuilder replaced = new StringBuilder(text.length());
        int position = 0;
        while (position < text.length()) {
            boolean tail = position > 0 && is(text.charAt(position - 1), SURELY_CONTINUES);
            int end = tail ? position : endOfPiece(text, position);
            if (end > position) {
                replaced.append(replacement.apply(text.substring(position, end)));
                position = end;
            } else {
                replaced.append(text.charAt(position++));
            }
        }
        return replaced.toString();
    }

    private static int endOfPiece(String text, int start) {
        int end = start;
        int length;
        while ((length = sequenceLength(text, end)) > 0) {
            end += length;
        }
        return end;
    }

    /** How many characters at a position look like one of UTF-8; 0 if they do not. */
    private static int sequenceLength(String text, int start) {
        if (start >= text.length()) {
            return 0;
        }
        char lead = text.charAt(start);
        int length = is(lead, LEADS_2) ? 2 : is(lead, LEADS_3) ? 3 : is(lead, LEADS_4) ? 4 : 0;
        if (start + length > text.length()) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if (!is(text.charAt(start + i), CONTINUES)) {
                return 0;
            }
        }
        return length;
    }

    private static boolean is(char c, byte role) {
        return c < ROLES.length && (ROLES[c] & role) != 0;
    }

    private static byte[] roles() {
        byte[] roles = new byte['\u2123']; // up to ™, the last one
        for (SingleByteEncoding encoding : SingleByteEncoding.LATIN_LIKE) {
            for (int value = 0x80; value < 0xF4; value++) {
                roles[encoding.decode(value)] |= role(value);
            }
        }
        AMBIGUOUS.chars().forEach(c -> roles[c] = CONTINUES);
        return roles;
    }

    /** What a byte of UTF-8 does; of those that lead four only two lead to characters in use. */
    private static byte role(int value) {
        if (value < 0xC0) {
            return CONTINUES | SURELY_CONTINUES;
        } else if (value >= 0xC2 && value < 0xE0) {
            return LEADS_2;
        } else if (value >= 0xE0 && value < 0xF0) {
            return LEADS_3;
        }
        return value == 0xF0 || value == 0xF3 ? LEADS_4 : 0;
    }
}
