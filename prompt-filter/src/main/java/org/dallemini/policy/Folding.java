package org.dallemini.policy;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a text as a person would whatever it is spelled with: full-width and ornamental letters, accents, letters of
 * other scripts that look like Latin ones, invisible characters, digits and signs for letters, letters that are drawn
 * out, and words that are spelled letter by letter.
 */
final class Folding {
    /** Letters that look like others, in pairs: the one that is seen for it comes second. */
    private static final Map<Integer, Integer> LOOK_ALIKES = pairs(
            "аaбbвbгrдdеeзeиnкkлlмmнhоoпnрpсcтtуyхxшwьbѕsіiјjһhӏlԁdԛqԝwαaβbγyεeηnιiκkμuνvοoρpσoτtυuχxωwϲcɑaɡgɩiʏyıi"
                    + "ᴀaʙbᴄcᴅdᴇeғfɢgʜhɪiᴊjᴋkʟlᴍmɴnꜰfᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwᴢzøoæaœoðdþpłlđdħh");

    /** Digits and signs that stand for letters within a word; 1 and ! stand for two each. */
    private static final List<Map<Integer, Integer>> SUBSTITUTES = List.of(
            pairs("0o3e4a5s7t8b9g@a$s€e£l6g1i!i"),
            pairs("0o3e4a5s7t8b9g@a$s€e£l6b1l!i"),
            pairs("0o3e4a5s7t8b9g@a$s€e£l6g1i!l"),
            pairs("0o3e4a5s7t8b9g@a$s€e£l6b1l!l"));

    private static final Pattern MARKS = Pattern.compile("[\\p{M}\\p{Cf}\\p{Cs}\\x{3164}\\x{115f}\\x{1160}\\x{ffa0}]+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}@$!€£]+");
    private static final Pattern NOT_LATIN = Pattern.compile("[^a-z]");
    /** Most words: letters, none of them three times in a row. */
    private static final Pattern PLAIN = Pattern.compile("(?:([a-z])(?!\\1\\1))+");

    private static final Pattern DRAWN_OUT = Pattern.compile("(.)\\1{2,}");
    private static final Pattern LETTER = Pattern.compile("[\\p{L}\\p{N}@$!€£]");

    /** Letters one by one, with the same between them: a space, a dot. */
    private static final Pattern SPELLED = Pattern.compile("(?<!" + LETTER + ")" + LETTER
            + "([^\\p{L}\\p{N}@$!€£]{1,2})" + LETTER + "(?:\\1" + LETTER + ")+(?!" + LETTER + ")");

    /** Of a word within letters one by one, of which nobody knows where it begins. */
    private static final int MIN_SPELLED = 4, MAX_SPELLED = 24;

    private Folding() {}

    private static Map<Integer, Integer> pairs(String text) {
        int[] points = text.codePoints().toArray();
        Map<Integer, Integer> map = new HashMap<>();
        for (int i = 0; i < points.length; i += 2) {
            map.put(points[i], points[i + 1]);
        }
        return Map.copyOf(map);
    }

    /**
     * The words of a text, each in all its readings, a to z.
     *
     * @return one list; two more where letters are spelled one by one: with these as words, and with every word that
     *     they could hold in the place where it begins
     */
    static List<List<Set<String>>> readings(String text) {
        String folded = fold(text);
        List<Set<String>> words = words(folded);
        Matcher spelled = SPELLED.matcher(folded);
        if (!spelled.find()) {
            return List.of(words);
        }
        List<Set<String>> hidden = new ArrayList<>();
        StringBuilder joined = new StringBuilder();
        do {
            String letters = spelled.group().replace(spelled.group(1), "");
            hidden.addAll(hiddenWords(letters));
            spelled.appendReplacement(joined, Matcher.quoteReplacement(letters));
        } while (spelled.find());
        return List.of(words, words(spelled.appendTail(joined).toString()), hidden);
    }

    private static List<Set<String>> words(String folded) {
        return BETWEEN_WORDS
                .splitAsStream(folded)
                .filter(word -> !word.isEmpty())
                .map(Folding::readingsOfWord)
                .toList();
    }

    private static List<Set<String>> hiddenWords(String letters) {
        List<Set<String>> words = new ArrayList<>();
        for (int start = 0; start + MIN_SPELLED <= letters.length(); start++) {
            Set<String> readings = new LinkedHashSet<>();
            for (int end = start + MIN_SPELLED; end <= Math.min(letters.length(), start + MAX_SPELLED); end++) {
                readings.addAll(readingsOfWord(letters.substring(start, end)));
            }
            words.add(readings);
        }
        return words;
    }

    private static String fold(String text) {
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        StringBuilder folded = new StringBuilder();
        MARKS.matcher(decomposed)
                .replaceAll("")
                .codePoints()
                .map(Folding::letter)
                .forEach(folded::appendCodePoint);
        return folded.toString();
    }

    private static int letter(int codePoint) {
        int ornament = ornament(codePoint);
        return LOOK_ALIKES.getOrDefault(ornament, ornament);
    }

    /** Letters in boxes and discs, and those that flags are made of, which have no decomposition. */
    private static int ornament(int codePoint) {
        for (int first : new int[] {0x1f150, 0x1f170, 0x1f1e6}) {
            if (codePoint >= first && codePoint < first + 26) {
                return 'a' + codePoint - first;
            }
        }
        return codePoint;
    }

    private static Set<String> readingsOfWord(String word) {
        if (PLAIN.matcher(word).matches()) {
            return Set.of(word);
        }
        Set<String> readings = new LinkedHashSet<>();
        add(readings, NOT_LATIN.matcher(word).replaceAll(""), word);
        if (word.chars().anyMatch(c -> c >= 'a' && c <= 'z')) {
            for (Map<Integer, Integer> substitutes : SUBSTITUTES) {
                StringBuilder read = new StringBuilder();
                word.codePoints().map(c -> substitutes.getOrDefault(c, c)).forEach(read::appendCodePoint);
                add(readings, read.toString(), read.toString());
            }
        }
        return readings;
    }

    /** Adds a reading, if it is one of Latin letters alone, as it is and with drawn out letters once and twice. */
    private static void add(Set<String> readings, String reading, String whole) {
        boolean isForeign = whole.codePoints().anyMatch(c -> Character.isLetter(c) && !(c >= 'a' && c <= 'z'));
        if (reading.isEmpty() || isForeign || NOT_LATIN.matcher(reading).find()) {
            return;
        }
        readings.add(reading);
        readings.add(DRAWN_OUT.matcher(reading).replaceAll("$1"));
        readings.add(DRAWN_OUT.matcher(reading).replaceAll("$1$1"));
    }
}
