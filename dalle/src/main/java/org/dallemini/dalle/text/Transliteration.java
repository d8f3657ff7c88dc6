package org.dallemini.dalle.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    /** What junidecode reads but the original drops: tone letters, rare Greek, signs of science, whole Arabic words. */
    private static final Pattern DROPPED = Pattern.compile("[\u02E5-\u02EB\u02EF-\u02FF\u03F4-\u03F9\u03FC-\u03FF\u06FF"
            + "\u0AF0\u0AF1\u0AF9\u13F5\u13F8-\u13FD\u1E9C\u1E9D\u1E9F\u1EFA-\u1EFF\u2104\u2107\u210F\u2114\u2118"
            + "\u211E\u2129\u2135\u213A\u213C\u214B\u25F8-\u25FF\u30FF\uFDF0-\uFDFD]");

    private static final Pattern PLAIN_LETTER = Pattern.compile(
            "(?:LATIN|MODIFIER) (?:LETTER )?(SMALL CAPITAL|CAPITAL|SMALL)(?: LETTER)?(?: BARRED| REVERSED| TURNED| SIDEWAYS)*"
                    + " ([A-Z]|AE|OU)(?: WITH .*)?");

    private static final Pattern FRAMED_LETTER =
            Pattern.compile("(?:NEGATIVE )?(CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])");

    private static final Map<Integer, String> OWN = own();

    private Transliteration() {}

    static String toAscii(String text) {
        StringBuilder ascii = new StringBuilder(text.length());
        DROPPED.matcher(text).replaceAll("").codePoints().forEach(codePoint -> {
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
            return supplementary(codePoint);
        }
        String reading = Junidecode.unidecode(Character.toString(codePoint));
        if (!reading.isEmpty() && !reading.startsWith(UNKNOWN)) {
            return reading;
        }
        return isStyled(codePoint) ? plain(codePoint) : "";
    }

    /** Letters and digits in a style: phonetic, raised, lowered, in a circle, with a stroke. */
    private static boolean isStyled(int c) {
        return isBetween(c, 0x1D00, 0x1D8E)
                || isBetween(c, 0x2071, 0x209C)
                || isBetween(c, 0x2460, 0x24FF)
                || isBetween(c, 0x2C60, 0x2C6F)
                || isBetween(c, 0x3251, 0x325F)
                || isBetween(c, 0x32B1, 0x32BF);
    }

    /** What Unicode says that a styled character is: by its compatibility decomposition, its number, its name. */
    @SuppressWarnings("CharacterGetNumericValue") // odd for letters, but asked for other numbers only
    private static String plain(int codePoint) {
        String plain = decomposed(codePoint);
        if (!plain.equals(Character.toString(codePoint))) {
            return toAscii(plain);
        }
        if (Character.getType(codePoint) == Character.OTHER_NUMBER) {
            return String.valueOf(Character.getNumericValue(codePoint));
        }
        Matcher letter = PLAIN_LETTER.matcher(name(codePoint));
        if (!letter.matches()) {
            return "";
        }
        return letter.group(1).equals("SMALL") ? letter.group(2).toLowerCase(Locale.ROOT) : letter.group(2);
    }

    /** Beyond U+FFFF: letters and digits of mathematics, and letters in circles and squares, which keep these. */
    private static String supplementary(int codePoint) {
        if (isBetween(codePoint, 0x1F130, 0x1F189)) {
            Matcher letter = FRAMED_LETTER.matcher(name(codePoint));
            if (letter.matches()) {
                return letter.group(1).equals("SQUARED") ? "[" + letter.group(2) + "]" : "(" + letter.group(2) + ")";
            }
        }
        if (isBetween(codePoint, 0x1D400, 0x1D7FF) || isBetween(codePoint, 0x1F100, 0x1F12B)) {
            String plain = decomposed(codePoint);
            return plain.chars().allMatch(c -> c < 0x80) ? plain : "";
        }
        return "";
    }

    private static String decomposed(int codePoint) {
        return Normalizer.normalize(Character.toString(codePoint), Form.NFKC);
    }

    private static String name(int codePoint) {
        return Objects.requireNonNullElse(Character.getName(codePoint), "");
    }

    private static boolean isBetween(int codePoint, int first, int last) {
        return codePoint >= first && codePoint <= last;
    }

    private static Map<Integer, String> own() {
        return Table.rows("readings.tsv").stream()
                .collect(Collectors.toUnmodifiableMap(row -> Integer.parseInt(row[0], 16), row -> row[1]));
    }
}
