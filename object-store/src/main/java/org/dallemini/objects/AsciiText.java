package org.dallemini.objects;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Text for HTTP headers, which hold ASCII only: all else is percent-encoded UTF-8 (RFC 3986), so that any language's
 * URL decoder gives the text back.
 */
public final class AsciiText {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private AsciiText() {}

    /**
     * Encodes as many whole characters of {@code text} as fit.
     *
     * <p>A single space between words stays as it is; others are encoded, since a header's value is trimmed and its
     * runs of spaces are folded on the way. An unpaired surrogate becomes U+FFFD.
     *
     * @param maxLength characters of the result
     */
    public static String escape(String text, int maxLength) {
        StringBuilder escaped = new StringBuilder(Math.min(text.length() + 16, maxLength));
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            int next = i + Character.charCount(codePoint);
            String encoded = isPlain(codePoint) || (codePoint == ' ' && isBetweenWords(text, i))
                    ? Character.toString(codePoint)
                    : percentEncode(codePoint);
            if (escaped.length() + encoded.length() > maxLength) {
                break;
            }
            escaped.append(encoded);
            i = next;
        }
        // A text that was cut after a word must not end in its space.
        return escaped.toString().stripTrailing();
    }

    /** The text that was encoded; what is no encoding stays as it is. */
    public static String unescape(String escaped) {
        try {
            // To it a plus is a space, as in forms.
            return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return escaped;
        }
    }

    private static boolean isPlain(int codePoint) {
        return codePoint > ' ' && codePoint < 0x7f && codePoint != '%';
    }

    private static boolean isBetweenWords(String text, int at) {
        return at > 0 && at + 1 < text.length() && text.charAt(at - 1) != ' ' && text.charAt(at + 1) != ' ';
    }

    private static String percentEncode(int codePoint) {
        boolean unpaired = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        byte[] utf8 = (unpaired ? "\ufffd" : Character.toString(codePoint)).getBytes(StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder(3 * utf8.length);
        for (byte b : utf8) {
            encoded.append('%').append(HEX.toHexDigits(b));
        }
        return encoded.toString();
    }
}
