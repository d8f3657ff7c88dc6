package org.dallemini.prompt;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Names of files after what they show: the letters and digits of a text in any script, joined by hyphens. Together with
 * an index or a seed such a name is safe in every file system.
 */
public final class FileNames {
    private static final int MAX_CHARACTERS = 60;

    /** Of UTF-8; file systems allow 255 for a name, and something stands before and behind these. */
    private static final int MAX_BYTES = 180;

    private static final int ZERO_WIDTH_SPACE = 0x200B;

    private FileNames() {}

    /**
     * The name, in lower case and in Unicode's form NFC: at most 60 characters, 180 bytes in UTF-8. Latin letters lose
     * their accents, those of other scripts keep their marks. A text without letters and digits is called
     * {@code image}.
     */
    public static String of(String text) {
        String words = Normalizer.normalize(words(text), Normalizer.Form.NFC);
        String name = cut(words).replaceAll("-+$", "");
        return name.isEmpty() ? "image" : name;
    }

    private static String words(String text) {
        String letters = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        var words = new StringBuilder();
        boolean keepsMarks = false;
        boolean isBetween = false;
        for (int each : letters.codePoints().toArray()) {
            if (isMark(each)) {
                if (keepsMarks) {
                    words.appendCodePoint(each);
                }
            } else if (isLetterOrDigit(each)) {
                if (isBetween && !words.isEmpty()) {
                    words.append('-');
                }
                words.appendCodePoint(each);
                isBetween = false;
                keepsMarks =
                        Character.isLetter(each) && Character.UnicodeScript.of(each) != Character.UnicodeScript.LATIN;
            } else if (Character.getType(each) != Character.FORMAT || each == ZERO_WIDTH_SPACE) {
                isBetween = true;
                keepsMarks = false;
            }
        }
        return words.toString();
    }

    private static boolean isMark(int each) {
        int type = Character.getType(each);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static boolean isLetterOrDigit(int each) {
        int type = Character.getType(each);
        return Character.isLetterOrDigit(each) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    /** The longest beginning that is short enough and parts no letter from its marks. */
    private static String cut(String name) {
        int end = 0;
        int fits = 0;
        int characters = 0;
        int bytes = 0;
        while (end < name.length()) {
            int each = name.codePointAt(end);
            if (!isMark(each)) {
                fits = end;
            }
            characters++;
            bytes += each < 0x80 ? 1 : each < 0x800 ? 2 : each < 0x10000 ? 3 : 4;
            if (characters > MAX_CHARACTERS || bytes > MAX_BYTES) {
                return name.substring(0, fits);
            }
            end += Character.charCount(each);
        }
        return name;
    }
}
