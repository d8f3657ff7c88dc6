package org.dallemini.tokens.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.gcardone.junidecode.Junidecode;

/**
 * Any text in ASCII: {@code Ünïcödé Киев 北京} becomes {@code Unicode Kiev Bei Jing }. What has no reading is dropped.
 *
 * <p>The original uses Unidecode 1.4.0, whose tables are under the GPL. Here the readings come from junidecode (Apache
 * licence), from Unicode's own decompositions and names where that has none, and from a short list of our own;
 * docs/text.md says what still differs.
 */
final class Transliteration {
    /** What junidecode answers when it has no reading. */
    private static final String UNKNOWN = "[?]";

    private static final Pattern PLAIN_LETTER = Pattern.compile(
            "(?:LATIN|MODIFIER) (?:LETTER )?(SMALL CAPITAL|CAPITAL|SMALL)(?: LETTER)?(?: BARRED| REVERSED| TURNED| SIDEWAYS)*"
                    + " ([A-Z]|AE|OU)(?: WITH .*)?");

    private static final Map<Integer, String> OWN = own();

    private Transliteration() {}

    static String toAscii(String text) {
        StringBuilder ascii = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (codePoint < 0x80) {
                ascii.append((char) codePoint);
            } else {
                ascii.append(reading(codePoint));
            }
        });
        return ascii.toString();
    }

    private static String reading(int codePoint) {
        String own = OWN.get(codePoint);
        if (own != null) {
            return own;
        }
        if (Character.isSupplementaryCodePoint(codePoint)) { // junidecode would read it as another character
            return isStyled(codePoint) ? compatible(codePoint) : "";
        }
        String reading = Junidecode.unidecode(Character.toString(codePoint));
        if (!reading.isEmpty() && !reading.startsWith(UNKNOWN)) {
            return reading;
        }
        return isStyled(codePoint) ? compatible(codePoint) : "";
    }

    /** Letters and digits in a style: phonetic, raised, lowered, in a circle, bold, squared. */
    private static boolean isStyled(int c) {
        return c >= 0x1D00 && c <= 0x1D8E
                || c >= 0x2071 && c <= 0x209C
                || c >= 0x2460 && c <= 0x24FF
                || c >= 0x2C60 && c <= 0x2C6F
                || c >= 0x1D400 && c <= 0x1D7FF
                || c >= 0x1F100 && c <= 0x1F1FF;
    }

    /** The plain letters that Unicode gives for a styled one, in its compatibility decomposition or in its name. */
    private static String compatible(int codePoint) {
        String plain = Normalizer.normalize(Character.toString(codePoint), Form.NFKC);
        if (!plain.equals(Character.toString(codePoint))) {
            return toAscii(plain);
        }
        String name = Character.getName(codePoint);
        Matcher letter = PLAIN_LETTER.matcher(name == null ? "" : name);
        if (!letter.matches()) {
            return "";
        }
        return letter.group(1).equals("SMALL") ? letter.group(2).toLowerCase(Locale.ROOT) : letter.group(2);
    }

    private static Map<Integer, String> own() {
        String[] readings = {
            "¼", " 1/4", "½", " 1/2", "¾", " 3/4", "⅐", " 1/7 ", "⅑", " 1/9 ", "⅒", " 1/10 ",
        };
        Map<Integer, String> own = new HashMap<>();
        for (int i = 0; i < readings.length; i += 2) {
            own.put(readings[i].codePointAt(0), readings[i + 1]);
        }
        return own;
    }
}
