package org.dallemini.dalle.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Captions of many lengths in the words that the small trained model knows, and in others. */
public final class Captions {
    private static final List<String> WORDS = List.of(
            "a",
            "red",
            "blue",
            "green",
            "large",
            "small",
            "circle",
            "square",
            "star",
            "heart",
            "on",
            "above",
            "two",
            "white",
            "background",
            "bicycle",
            "unlikely",
            "42");

    private Captions() {}

    public static String random(Random random) {
        List<String> words = new ArrayList<>();
        for (int n = random.nextInt(30); n > 0; n--) {
            words.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(" ", words);
    }
}
