package org.dallemini.lists;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What prompts hold that is drawn as it stands, though other programs give it a meaning: each kind once. */
public final class Doubts {
    private final Map<String, Found> kinds = new LinkedHashMap<>();

    private static final class Found {
        private final int line;
        private int prompts;

        Found(int line) {
            this.line = line;
        }
    }

    /**
     * Takes a prompt.
     *
     * @param kind what it holds, for people
     * @param line where it stands; 0 if it comes from no file
     */
    public void add(String kind, int line) {
        kinds.computeIfAbsent(kind, k -> new Found(line)).prompts++;
    }

    /** A line of text for each kind. */
    public List<String> words() {
        return kinds.entrySet().stream()
                .map(kind -> words(kind.getKey(), kind.getValue()))
                .toList();
    }

    private static String words(String kind, Found found) {
        return (found.prompts == 1 ? "1 prompt holds " : found.prompts + " prompts hold ")
                + kind
                + (found.line == 0 ? "" : " (line " + found.line + (found.prompts == 1 ? ")" : " is the first)"));
    }
}
