package org.dallemini.ingest.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What stands between two lines {@code ---} before a hub's card. Of YAML it reads {@code key: value}, {@code key: [a,
 * b]} and lists of lines {@code - item}, and passes over all else.
 *
 * @param values by key; single values are lists of one
 * @param rest the text behind it
 */
record FrontMatter(Map<String, List<String>> values, List<String> rest) {
    private static final String LIMIT = "---";
    private static final int MAX_VALUES = 100;
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z][A-Za-z0-9_-]{0,63}):(?:\\s+(.*))?");
    private static final Pattern ITEM = Pattern.compile("\\s*-\\s+(.*)");

    /** Of a text; without values if it begins otherwise, or nothing ends them. */
    static FrontMatter read(List<String> lines) {
        int end = lines.isEmpty() || !lines.get(0).strip().equals(LIMIT)
                ? -1
                : lines.subList(1, lines.size()).stream()
                        .map(String::strip)
                        .toList()
                        .indexOf(LIMIT);
        return end < 0
                ? new FrontMatter(Map.of(), lines)
                : new FrontMatter(values(lines.subList(1, end + 1)), lines.subList(end + 2, lines.size()));
    }

    private static Map<String, List<String>> values(List<String> lines) {
        Map<String, List<String>> values = new HashMap<>();
        List<String> list = new ArrayList<>(); // of the key that came last
        for (String line : lines) {
            Matcher entry = ENTRY.matcher(line);
            Matcher item = ITEM.matcher(line);
            if (entry.matches()) {
                list = inline(entry.group(2));
                values.putIfAbsent(entry.group(1), list);
            } else if (item.matches() && list.size() < MAX_VALUES) {
                add(list, item.group(1));
            }
        }
        return values;
    }

    private static List<String> inline(@Nullable String text) {
        List<String> list = new ArrayList<>();
        String value = text == null ? "" : text.strip();
        if (value.startsWith("[") && value.endsWith("]")) {
            for (String part : value.substring(1, value.length() - 1).split(",", MAX_VALUES)) {
                add(list, part);
            }
        } else {
            add(list, value);
        }
        return list;
    }

    /** Nothing that is nested, or a text of several lines. */
    private static void add(List<String> list, String text) {
        String value = text.replaceFirst("\\s#.*", "").strip();
        boolean isQuoted = value.length() > 1
                && (value.startsWith("\"") && value.endsWith("\"") || value.startsWith("'") && value.endsWith("'"));
        if (isQuoted) {
            list.add(value.substring(1, value.length() - 1));
        } else if (!value.isEmpty() && !value.contains(": ") && "|>{[&*!".indexOf(value.charAt(0)) < 0) {
            list.add(value);
        }
    }

    List<String> list(String key) {
        return values.getOrDefault(key, List.of());
    }

    @Nullable
    String first(String key) {
        List<String> list = list(key);
        return list.isEmpty() ? null : list.get(0);
    }
}
