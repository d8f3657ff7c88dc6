package org.dallemini.lists;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Seeds, each of which asks for the same prompt once more.
 *
 * @param values in their order, none twice
 */
public record Seeds(List<Long> values) {
    /** Whatever the prompts say. */
    public static final Seeds NONE = new Seeds(List.of());

    private static final int MAX_SEEDS = 10_000;
    private static final Pattern RANGE = Pattern.compile("(-?\\d{1,18})(?:\\.\\.(-?\\d{1,18}))?");

    public Seeds {
        values = List.copyOf(values);
    }

    /**
     * Reads {@code 1..8}, {@code 1,5,9} and both together.
     *
     * @throws IllegalArgumentException if it is none of these; the message says what to write
     */
    public static Seeds parse(String text) {
        var values = new ArrayList<Long>();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw new IllegalArgumentException("'" + text + "' is no list of seeds: write 1..8 or 1,5,9");
            }
            long first = Long.parseLong(range.group(1));
            long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
            if (last < first || last - first >= MAX_SEEDS || values.size() + (last - first) >= MAX_SEEDS) {
                throw new IllegalArgumentException("'" + text + "' is no list of 1 to " + MAX_SEEDS + " seeds");
            }
            for (long seed = first; seed <= last; seed++) {
                values.add(seed);
            }
        }
        if (values.stream().distinct().count() < values.size()) {
            throw new IllegalArgumentException("'" + text + "' names a seed twice");
        }
        return new Seeds(values);
    }
}
