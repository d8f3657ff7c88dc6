package org.dallemini.chaos;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A model with random weights, for runs in which it does not matter what is drawn. */
final class SmallestModel {
    private SmallestModel() {}

    static Map<String, String> with(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.put(
                "model",
                Path.of(System.getProperty("dallemini.goldens"), "A-mini-unscanned")
                        .toString());
        return all;
    }
}
