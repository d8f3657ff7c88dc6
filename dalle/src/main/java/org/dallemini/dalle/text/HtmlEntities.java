package org.dallemini.dalle.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTML character references, decoded in two ways: as browsers do ({@link #unescape}, Python's {@code html.unescape})
 * and with more care ({@link #unescapeUnambiguous}, ftfy's {@code unescape_html}).
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state">HTML standard</a>
 */
final class HtmlEntities {
    private static final Pattern REFERENCE =
            Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
    private static final Pattern UNAMBIGUOUS = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
    private static final String REPLACEMENT = "\uFFFD";

    /** What the numbers 0x80 to 0x9F mean in HTML: windows-1252, and themselves where that has no character. */
    private static final SingleByteEncoding C1 = SingleByteEncoding.WINDOWS_1252;

    private static final Map<String, String> NAMED = new HashMap<>();
    private static final Map<String, String> WITH_SEMICOLON = new HashMap<>();

    static {
        for (String[] row : Table.rows("html-entities.tsv")) {
            NAMED.put(row[0], Table.text(row[1]));
        }
        NAMED.forEach((name, text) -> {
            if (name.endsWith(";")) {
                WITH_SEMICOLON.put("&" + name, text);
                String shouted = "&" + name.toUpperCase(Locale.ROOT);
                // &EACUTE; is no entity but was surely meant as one; &GTCC; could be &GT and CC;.
                if (name.equals(name.toLowerCase(Locale.ROOT))
                        && unescape(shouted).equals(shouted)) {
                    WITH_SEMICOLON.put(shouted, text.toUpperCase(Locale.ROOT));
                }
            }
        });
    }

    private HtmlEntities() {}

    /**
     * Decodes every reference once, also those without a semicolon and those that are the beginning of a longer word.
     */
    static String unescape(String text) {
        return text.indexOf('&') < 0
                ? text
                : REFERENCE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(decode(m.group(1))));
    }

    /** Decodes only what ends in a semicolon, and names written all in capitals that have just one reading. */
    static String unescapeUnambiguous(String text) {
        return text.indexOf('&') < 0
                ? text
                : UNAMBIGUOUS.matcher(text).replaceAll(m -> Matcher.quoteReplacement(decodeUnambiguous(m)));
    }

    private static String decodeUnambiguous(MatchResult match) {
        String reference = match.group();
        if (reference.startsWith("&#")) {
            String decoded = unescape(reference);
            return decoded.indexOf(';') >= 0 ? reference : decoded; // a ; left over: only a part was a number
        }
        return WITH_SEMICOLON.getOrDefault(reference, reference);
    }

    private static String decode(String reference) {
        if (reference.charAt(0) == '#') {
            return decodeNumber(reference);
        }
        for (int length = reference.length(); length > 1; length--) {
            String text = NAMED.get(reference.substring(0, length));
            if (text != null) {
                return text + reference.substring(length);
            }
        }
        return "&" + reference;
    }

    private static String decodeNumber(String reference) {
        int end = reference.endsWith(";") ? reference.length() - 1 : reference.length();
        boolean hex = reference.charAt(1) == 'x' || reference.charAt(1) == 'X';
        int radix = hex ? 16 : 10;
        long number = 0;
        for (int i = hex ? 2 : 1; i < end && number <= Character.MAX_CODE_POINT; i++) {
            number = number * radix + Character.digit(reference.charAt(i), radix);
        }
        if (number == 0 || number > Character.MAX_CODE_POINT) {
            return REPLACEMENT;
        }
        int codePoint = (int) number;
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            return REPLACEMENT;
        }
        if (codePoint >= 0x80 && codePoint <= 0x9F) {
            return String.valueOf(C1.decode(codePoint));
        }
        return isForbidden(codePoint) ? "" : Character.toString(codePoint);
    }

    /** Control characters and those that Unicode promises never to assign. */
    private static boolean isForbidden(int codePoint) {
        boolean control = (codePoint < 0x20 && "\t\n\f\r".indexOf(codePoint) < 0) || codePoint == 0x7F;
        boolean nonCharacter = (codePoint >= 0xFDD0 && codePoint <= 0xFDEF) || (codePoint & 0xFFFE) == 0xFFFE;
        return control || nonCharacter;
    }
}
