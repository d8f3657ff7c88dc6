package org.dallemini.dalle.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Puts the spaces back into {@code redcircle}: of all ways to cut it into words, the one of the least cost. A word
 * costs the logarithm of its rank in the list of words, one that is not listed costs infinitely much; of equal costs
 * the shorter last word wins.
 *
 * <p>As {@code HashtagProcessor} of dalle_mini/model/text.py, which goes back to the wordninja library.
 */
final class HashtagSplitter {
    private static final Pattern PIECE = Pattern.compile("[a-zA-Z0-9']+");

    private final WordRanks words;

    HashtagSplitter(WordRanks words) {
        this.words = words;
    }

    /** The words of the text, with single spaces between them; other characters than letters, digits and ' are lost. */
    String split(String text) {
        List<String> all = new ArrayList<>();
        PIECE.matcher(text).results().map(MatchResult::group).forEach(piece -> all.addAll(words(piece)));
        return String.join(" ", all);
    }

    private List<String> words(String piece) {
        int[] lastWordLengths = lastWordLengths(piece);
        List<String> found = new ArrayList<>(); // back to front
        for (int end = piece.length(); end > 0; end -= lastWordLengths[end]) {
            String word = piece.substring(end - lastWordLengths[end], end);
            int next = found.size() - 1;
            if (next >= 0 && !word.equals("'") && belongTogether(word, found.get(next))) {
                found.set(next, word + found.get(next));
            } else {
                found.add(word);
            }
        }
        Collections.reverse(found);
        return found;
    }

    /** Numbers that were cut apart, and a possessive. */
    private static boolean belongTogether(String word, String next) {
        return next.equals("'s") || (isDigit(word.charAt(word.length() - 1)) && isDigit(next.charAt(0)));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** For every beginning of the piece, by its length: the length of the last word of the cheapest way to cut it. */
    private int[] lastWordLengths(String piece) {
        byte[] letters = piece.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        double[] costs = new double[letters.length + 1];
        int[] lengths = new int[letters.length + 1];
        for (int end = 1; end <= letters.length; end++) {
            double best = Double.POSITIVE_INFINITY;
            int bestLength = 1;
            int hash = WordRanks.emptyHash();
            for (int length = 1; length <= Math.min(end, words.longest()); length++) {
                int start = end - length;
                hash = WordRanks.prepend(letters[start], hash);
                int rank = words.rank(letters, start, end, hash);
                double cost = rank == 0 ? Double.POSITIVE_INFINITY : costs[start] + Math.log(rank);
                if (cost < best) {
                    best = cost;
                    bestLength = length;
                }
            }
            costs[end] = best;
            lengths[end] = bestLength;
        }
        return lengths;
    }
}
