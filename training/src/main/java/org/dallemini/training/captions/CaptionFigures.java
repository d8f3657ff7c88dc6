package org.dallemini.training.captions;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be told of captions: how many, how long, how often the same, in which scripts. */
public final class CaptionFigures {
    private CaptionFigures() {}

    /** The figures by name. */
    public static Map<String, Object> of(List<String> captions) {
        Set<String> distinct = new HashSet<>(captions);
        int[] lengths = captions.stream()
                .mapToInt(caption -> caption.split("\\s+").length)
                .sorted()
                .toArray();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("captions", captions.size());
        figures.put("distinct", distinct.size());
        figures.put("empty", captions.stream().filter(String::isBlank).count());
        figures.put("wordsMedian", quantile(lengths, 0.5));
        figures.put("words95Percent", quantile(lengths, 0.95));
        figures.put("wordsMost", quantile(lengths, 1));
        figures.put(
                "otherScripts",
                captions.stream().filter(CaptionFigures::isOtherScript).count());
        return figures;
    }

    private static int quantile(int[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))];
    }

    /** Whether most letters of a caption are not Latin: the published models know English only. */
    public static boolean isOtherScript(String caption) {
        int[] letters = caption.codePoints().filter(Character::isLetter).toArray();
        long latin = Arrays.stream(letters)
                .filter(letter -> Character.UnicodeScript.of(letter) == Character.UnicodeScript.LATIN)
                .count();
        return 2 * latin < letters.length;
    }
}
