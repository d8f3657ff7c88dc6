package org.dallemini.training.captions;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Byte-level byte pair encoding (Sennrich et al. 2016; GPT-2's form, which BART has): finds the pairs of neighbours to
 * merge, the most frequent first, among equals the one whose parts come first in the vocabulary.
 */
final class BytePairs {
    static final List<String> SPECIAL = List.of("<s>", "<pad>", "</s>", "<unk>");
    static final String MASK = "<mask>";

    /** GPT-2's parts of a text, which merges never cross. */
    private static final Pattern WORD =
            Pattern.compile("'(?:[st]|re|ve|m|ll|d)|" + " ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private static final String[] CHARACTERS = characters();

    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
    private final List<String> merges = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<int[]> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Long> pairs = new HashMap<>();
    private final Map<Long, Set<Integer>> places = new HashMap<>();

    private BytePairs() {}

    /**
     * Learns a vocabulary.
     *
     * @param texts as the tokenizer will see them
     * @param size of the vocabulary, the special tokens included; smaller if nothing is left to merge that occurs twice
     */
    static BytePairs learn(Iterable<String> texts, int size) {
        BytePairs learned = new BytePairs();
        SPECIAL.forEach(learned::add);
        new TreeSet<>(List.of(CHARACTERS)).forEach(learned::add);
        Map<String, Long> words = new HashMap<>();
        for (String text : texts) {
            for (Matcher matcher = WORD.matcher(text); matcher.find(); ) {
                words.merge(matcher.group(), 1L, Long::sum);
            }
        }
        words.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(word -> learned.count(word.getKey(), word.getValue()));
        while (learned.vocabulary.size() < size - 1 && learned.mergeBest()) {
            // each round adds one
        }
        learned.add(MASK);
        return learned;
    }

    private void add(String name) {
        vocabulary.put(name, names.size());
        names.add(name);
    }

    private void count(String word, long times) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int[] parts = new int[bytes.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = vocabulary.getOrDefault(CHARACTERS[bytes[i] & 0xff], -1);
        }
        words.add(parts);
        counts.add(times);
        change(words.size() - 1, 1);
    }

    /** Adds or takes away the pairs of a word. */
    private void change(int word, int sign) {
        int[] parts = words.get(word);
        for (int i = 0; i + 1 < parts.length; i++) {
            long pair = pair(parts[i], parts[i + 1]);
            pairs.merge(pair, sign * counts.get(word), Long::sum);
            if (sign > 0) {
                places.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
            }
        }
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private boolean mergeBest() {
        Map.Entry<Long, Long> best = pairs.entrySet().stream()
                .max(Map.Entry.<Long, Long>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .orElse(null);
        if (best == null || best.getValue() < 2) {
            return false;
        }
        int left = (int) (best.getKey() >> 32);
        int right = best.getKey().intValue();
        int merged = names.size();
        merges.add(names.get(left) + " " + names.get(right));
        add(names.get(left) + names.get(right));
        for (int word : places.getOrDefault(best.getKey(), Set.of())) {
            change(word, -1);
            words.set(word, merged(words.get(word), left, right, merged));
            change(word, 1);
        }
        pairs.remove(pair(left, right));
        places.remove(pair(left, right));
        return true;
    }

    private static int[] merged(int[] parts, int left, int right, int merged) {
        int[] shorter = new int[parts.length];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean both = parts[i] == left && i + 1 < parts.length && parts[i + 1] == right;
            shorter[length++] = both ? merged : parts[i];
            i += both ? 1 : 0;
        }
        return Arrays.copyOf(shorter, length);
    }

    /** Tokens with their ids, in the order of ids. */
    Map<String, Integer> vocabulary() {
        return vocabulary;
    }

    /** Pairs to merge, "left right", in the order in which they are merged. */
    List<String> merges() {
        return merges;
    }

    /** GPT-2's character for each byte: itself if it can be seen, else one from 256 on. */
    private static String[] characters() {
        String[] characters = new String[256];
        int next = 256;
        for (int i = 0; i < characters.length; i++) {
            boolean visible = i >= '!' && i <= '~' || i >= 0xA1 && i <= 0xAC || i >= 0xAE;
            characters[i] = Character.toString(visible ? i : next++);
        }
        return characters;
    }
}
