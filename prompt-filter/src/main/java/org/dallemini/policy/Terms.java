package org.dallemini.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Words and phrases, found in a text by its words. A word that ends with {@code *} stands for all that begin so. */
final class Terms {
    private static final Pattern TERM = Pattern.compile("[a-z]+\\*?(?: [a-z]+\\*?)*");
    private static final int MIN_BEGINNING = 3;

    private final Map<String, List<List<String>>> byFirstWord = new HashMap<>();

    /** The first letters of all terms, for a quick look. */
    private final Set<String> starts = new HashSet<>();

    private int longestBeginning;

    /** Some words of a text, from the first to the one before the end. */
    record Span(int first, int end) {
        boolean overlaps(Span other) {
            return first < other.end && other.first < end;
        }
    }

    /** @throws IllegalArgumentException naming a term that is none */
    Terms(List<String> terms) {
        for (String term : terms) {
            List<String> words = List.of(term.split(" "));
            if (!TERM.matcher(term).matches() || words.stream().anyMatch(Terms::isTooShort)) {
                throw new IllegalArgumentException("\"" + term + "\" is no term: use words of a to z, with a * at the"
                        + " end of a word that stands for all that begin with its " + MIN_BEGINNING
                        + " or more letters");
            }
            starts.add(start(words.get(0)));
            longestBeginning = Math.max(longestBeginning, words.get(0).length());
            byFirstWord
                    .computeIfAbsent(words.get(0), first -> new ArrayList<>())
                    .add(words);
        }
    }

    private static String start(String word) {
        return word.substring(0, Math.min(word.length(), MIN_BEGINNING));
    }

    private static boolean isTooShort(String word) {
        return word.endsWith("*") && word.length() <= MIN_BEGINNING;
    }

    /** Where the terms stand in a text. */
    List<Span> find(List<Set<String>> text) {
        List<Span> found = new ArrayList<>();
        for (int i = 0; i < text.size(); i++) {
            int first = i;
            for (String reading : text.get(i)) {
                if (starts.contains(start(reading))) {
                    longest(text, first, reading).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private Optional<Span> longest(List<Set<String>> text, int first, String reading) {
        int end = longest(text, first, byFirstWord.getOrDefault(reading, List.of()));
        for (int length = MIN_BEGINNING; length <= Math.min(reading.length(), longestBeginning); length++) {
            List<List<String>> beginning = byFirstWord.get(reading.substring(0, length) + "*");
            end = Math.max(end, beginning == null ? 0 : longest(text, first, beginning));
        }
        return end == 0 ? Optional.empty() : Optional.of(new Span(first, end));
    }

    private static int longest(List<Set<String>> text, int first, List<List<String>> terms) {
        int end = 0;
        for (List<String> term : terms) {
            if (follow(text, first, term)) {
                end = Math.max(end, first + term.size());
            }
        }
        return end;
    }

    /** Whether the words after the first are those of the term. */
    private static boolean follow(List<Set<String>> text, int first, List<String> term) {
        if (first + term.size() > text.size()) {
            return false;
        }
        for (int i = 1; i < term.size(); i++) {
            String wanted = term.get(i);
            if (text.get(first + i).stream().noneMatch(reading -> isMeant(wanted, reading))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isMeant(String wanted, String reading) {
        return wanted.endsWith("*")
                ? reading.startsWith(wanted.substring(0, wanted.length() - 1))
                : reading.equals(wanted);
    }
}
