package org.dallemini.filter;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How much of a class a picture has, for each: 0 to 1. */
public final class Scores {
    private final Map<ImageClass, Float> byClass;

    private Scores(Function<ImageClass, Float> scores) {
        var map = new EnumMap<ImageClass, Float>(ImageClass.class);
        Arrays.stream(ImageClass.values()).forEach(c -> map.put(c, scores.apply(c)));
        this.byClass = Collections.unmodifiableMap(map);
    }

    /** @param probabilities in the order of {@link ImageClass} */
    public static Scores of(float... probabilities) {
        if (probabilities.length != ImageClass.values().length) {
            throw new IllegalArgumentException(probabilities.length + " scores of " + ImageClass.values().length);
        }
        return new Scores(c -> probabilities[c.ordinal()]);
    }

    public float of(ImageClass imageClass) {
        return byClass.getOrDefault(imageClass, 0f);
    }

    /** For each class the lower one. */
    Scores orLower(Scores other) {
        return new Scores(c -> Math.min(of(c), other.of(c)));
    }

    /** By the names of the classes. */
    public Map<String, Float> byName() {
        return byClass.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().key(), Map.Entry::getValue));
    }

    /** For people: {@code drawing 0.88, hentai 0.02, neutral 0.09, porn 0.01, sexy 0.00}. */
    @Override
    public String toString() {
        return byClass.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey().key(), e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
