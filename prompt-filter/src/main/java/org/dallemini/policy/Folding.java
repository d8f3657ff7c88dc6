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
import net.gcardone.junidecode.Junidecode;

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
    /** Of letters; the named ones are signs, most of them. */
    private static final Pattern REFERENCE = Pattern.compile("&(?:amp;)*#([xX]?)([0-9a-fA-F]{1,6});?");

    private static final Pattern TAG = Pattern.compile("<[^<>]*>");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}@$!€£]+");
    private static final Pattern NOT_LATIN = Pattern.compile("[^a-z]");
    private static final Pattern AT_THE_ENDS = Pattern.compile("\\A[^\\p{L}]+|[^\\p{L}]+\\z");
    private static final Pattern DRAWN_OUT = Pattern.compile("(.)\\1{2,}");

    /** Letters that follow each other alone, so many at least, are spelled; more than at most are no word. */
    private static final int MIN_SPELLED = 3, MAX_SPELLED = 200;

    /** Of a word within spelled letters, of which nobody knows where it begins. */
    private static final int MIN_HIDDEN = 5, MAX_HIDDEN = 16;

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
     * The words of a text as it is written, each in all its readings, a to z.
     *
     * @return one list; two more where letters are spelled one by one: with these as words, and with every word that
     *     they could hold in the place where it begins
     */
    static List<List<Set<String>>> readings(String text) {
        List<String> words = new ArrayList<>();
        List<String> gaps = new ArrayList<>(); // before each word
        String folded = fold(text);
        Matcher matcher = WORD.matcher(folded);
        for (int end = 0; matcher.find(); end = matcher.end()) {
            gaps.add(folded.substring(end, matcher.start()));
            words.add(matcher.group());
        }
        List<Set<String>> joined = new ArrayList<>();
        List<Set<String>> hidden = new ArrayList<>();
        for (int i = 0; i < words.size(); ) {
            int end = endOfSpelled(words, gaps, i);
            String word = String.join("", words.subList(i, end));
            joined.add(readingsOfWord(word));
            if (end > i + 1) {
                hidden.add(readingsOfWord(word.substring(1))); // behind an article, most often
                hidden.addAll(hiddenWords(word));
            }
            i = end;
        }
        if (joined.size() == words.size()) {
            return List.of(joined);
        }
        return List.of(words.stream().map(Folding::readingsOfWord).toList(), joined, hidden);
    }

    /** Where letters end that stand alone, with the same between them: a space, a dot. */
    private static int endOfSpelled(List<String> words, List<String> gaps, int begin) {
        int end = begin;
        while (end < words.size()
                && isLetter(words.get(end))
                && (end <= begin + 1 || gaps.get(end).equals(gaps.get(begin + 1)))) {
            end++;
        }
        return end - begin >= MIN_SPELLED ? end : begin + 1;
    }

    private static boolean isLetter(String word) {
        return word.codePointCount(0, word.length()) == 1;
    }

    /** What could begin at each letter. */
    private static List<Set<String>> hiddenWords(String letters) {
        Set<String> readings = readingsOfWord(letters.substring(0, Math.min(letters.length(), MAX_SPELLED)));
        List<Set<String>> words = new ArrayList<>();
        for (String reading : readings) {
            for (int start = 0; start + MIN_HIDDEN <= reading.length(); start++) {
                Set<String> here = new LinkedHashSet<>();
                for (int end = start + MIN_HIDDEN; end <= Math.min(reading.length(), start + MAX_HIDDEN); end++) {
                    here.add(reading.substring(start, end));
                }
                words.add(here);
            }
        }
        return words;
    }

    /**
     * A text as the models' normaliser reads it, as far as that can make words of what is none: character references of
     * HTML, tags, and other scripts, which it transliterates.
     */
    static String asModelsRead(String text) {
        String plain = TAG.matcher(unescaped(unescaped(text))).replaceAll(" ");
        return plain.chars().allMatch(c -> c < 0x80) ? plain : Junidecode.unidecode(plain);
    }

    private static String unescaped(String text) {
        return REFERENCE.matcher(text).replaceAll(reference -> {
            String digits = reference.group(2);
            int codePoint = Integer.parseInt(digits, reference.group(1).isEmpty() ? 10 : 16);
            return Character.isValidCodePoint(codePoint) && codePoint > 0
                    ? Matcher.quoteReplacement(Character.toString(codePoint))
                    : " ";
        });
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
        if (!NOT_LATIN.matcher(word).find() && !DRAWN_OUT.matcher(word).find()) {
            return Set.of(word);
        }
        Set<String> readings = new LinkedHashSet<>();
        add(readings, NOT_LATIN.matcher(word).replaceAll(""), word);
        String core = AT_THE_ENDS.matcher(word).replaceAll("");
        if (!core.isEmpty()) {
            for (Map<Integer, Integer> substitutes : SUBSTITUTES) {
                addSubstituted(readings, word, substitutes);
                addSubstituted(readings, core, substitutes);
            }
        }
        return readings;
    }

    private static void addSubstituted(Set<String> readings, String word, Map<Integer, Integer> substitutes) {
        StringBuilder read = new StringBuilder();
        word.codePoints().map(c -> substitutes.getOrDefault(c, c)).forEach(read::appendCodePoint);
        add(readings, read.toString(), read.toString());
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
