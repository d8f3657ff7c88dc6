package org.dallemini.lists;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong with the lines of a list, for people: each reason once, with the lines that share it. */
public final class Refusals {
    /** Further lines that are named by their numbers. */
    private static final int NAMED = 5;

    private final int most;
    private final Map<String, Reason> reasons = new LinkedHashMap<>();
    private int lines;

    /** @param most reasons that are told; lines with others are counted */
    public Refusals(int most) {
        this.most = most;
    }

    private static final class Reason {
        private final PromptLine.Bad first;
        private final List<Integer> named = new ArrayList<>();
        private int others;

        Reason(PromptLine.Bad first) {
            this.first = first;
        }

        void add(int line) {
            others++;
            if (named.size() < NAMED) {
                named.add(line);
            }
        }

        String words() {
            String what = "line " + first.number() + " refused: " + first.code() + ": " + Printable.of(first.message());
            if (others == 0) {
                return what;
            }
            String numbers = named.stream().map(String::valueOf).collect(Collectors.joining(", "));
            return what + " [so " + (others == 1 ? "is line " : "are " + others + " more lines: ") + numbers
                    + (others > named.size() ? ", ...]" : "]");
        }
    }

    /** Takes a line, in the order of the file. */
    public void add(PromptLine.Bad line) {
        lines++;
        String key = line.code() + '\n' + line.message();
        @Nullable Reason known = reasons.get(key);
        if (known != null) {
            known.add(line.number());
        } else if (reasons.size() < most) {
            reasons.put(key, new Reason(line));
        }
    }

    /** A line of text for each reason, in the order of their first lines. */
    public List<String> words() {
        return reasons.values().stream().map(Reason::words).toList();
    }

    /** Lines that none of the {@link #words} tells of. */
    public int untold() {
        return lines
                - reasons.values().stream()
                        .mapToInt(reason -> 1 + reason.others)
                        .sum();
    }
}
