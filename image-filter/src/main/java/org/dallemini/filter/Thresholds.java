package org.dallemini.filter;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From which score of a class on something happens; a class that is not named never counts. */
final class Thresholds {
    private final Map<ImageClass, Float> byClass;

    private Thresholds(Map<ImageClass, Float> byClass) {
        this.byClass = Collections.unmodifiableMap(byClass);
    }

    /**
     * Reads what settings say.
     *
     * @param entries for example {@code porn:0.8}
     * @throws IllegalArgumentException with a message for people
     */
    static Thresholds parse(List<String> entries) {
        var byClass = new EnumMap<ImageClass, Float>(ImageClass.class);
        for (String entry : entries) {
            String[] parts = entry.strip().split(":", 2);
            ImageClass imageClass = ImageClass.of(parts[0].strip())
                    .orElseThrow(() -> new IllegalArgumentException("\"" + entry
                            + "\" names no class; write one of drawing, hentai, neutral, porn and sexy, a colon and a"
                            + " number, for example porn:0.8"));
            if (byClass.put(imageClass, number(parts, entry)) != null) {
                throw new IllegalArgumentException(imageClass.key() + " has two thresholds; write one");
            }
        }
        return new Thresholds(byClass);
    }

    private static float number(String[] parts, String entry) {
        try {
            float number = parts.length == 2 ? Float.parseFloat(parts[1].strip()) : Float.NaN;
            if (number >= 0 && number <= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // as below
        }
        throw new IllegalArgumentException(
                "\"" + entry + "\" has no number from 0 to 1 behind a colon; write for" + " example porn:0.8");
    }

    /** The class that reaches its threshold, or goes furthest beyond it if several do. */
    Optional<ImageClass> reached(Scores scores) {
        return byClass.keySet().stream()
                .filter(c -> scores.of(c) >= of(c))
                .max((a, b) -> Float.compare(scores.of(a) - of(a), scores.of(b) - of(b)));
    }

    float of(ImageClass imageClass) {
        return byClass.getOrDefault(imageClass, Float.POSITIVE_INFINITY);
    }
}
