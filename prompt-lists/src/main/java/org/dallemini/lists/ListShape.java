package org.dallemini.lists;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the first lines of a file say of its format, where that is another than its name says. */
final class ListShape {
    private static final String EACH = ": write an object a line, as 'jq -c \"%s\" FILE' does";
    private static final String ARRAY = "it is one JSON array, not JSON lines" + EACH.formatted(".[]");

    /** Begins an array of objects or strings; texts may begin with a bracket too. */
    private static final Pattern ARRAY_OF_PROMPTS = Pattern.compile("\\[\\s*([{\"\\[].*|$)");

    private static final Pattern OBJECT = Pattern.compile("\\{\\s*(\".*|$)");

    /** An object that has the list in one of its fields. */
    private static final Pattern LIST_IN_FIELD =
            Pattern.compile("\\{\\s*\"(?!(?:text|prompt)\")([A-Za-z_]\\w*)\"\\s*:\\s*\\[.*");

    private static final Pattern UNFINISHED = Pattern.compile(".*[\\[{,:]");
    private static final Pattern NO_JSON_LINE = Pattern.compile("[^{\"\\[].*");

    private ListShape() {}

    /**
     * What is wrong, and what to do; null if nothing is.
     *
     * @param lines the first that are not blank, without blanks around them
     * @param format that the name says, or the user
     * @param isGiven whether the user says so: then texts may look like anything
     */
    static @Nullable String offence(List<String> lines, PromptFormat format, boolean isGiven) {
        if (lines.isEmpty()) {
            return null;
        }
        return switch (format) {
            case TXT -> isGiven ? null : text(lines);
            case CSV -> isJson(lines.get(0)) ? jsonInstead(lines) : null;
            case JSONL -> json(lines);
        };
    }

    private static boolean isJson(String line) {
        return OBJECT.matcher(line).matches() || ARRAY_OF_PROMPTS.matcher(line).matches();
    }

    private static String jsonInstead(List<String> lines) {
        String document = document(lines);
        return document == null ? "it begins with a JSON object: say --format jsonl" : document;
    }

    private static @Nullable String text(List<String> lines) {
        String first = lines.get(0);
        if (isJson(first)) {
            return jsonInstead(lines) + ", or --format txt if that is what to draw";
        }
        return CsvHeader.isOne(first)
                ? "it begins with the header of a CSV file: say --format csv, or --format txt if that is what to draw"
                : null;
    }

    private static @Nullable String json(List<String> lines) {
        String first = lines.get(0);
        if (first.startsWith("[")) {
            return ARRAY;
        }
        if (CsvHeader.isOne(first)) {
            return "it begins with the header of a CSV file: say --format csv";
        }
        if (lines.stream().allMatch(line -> NO_JSON_LINE.matcher(line).matches())) {
            return "its lines are no JSON, which begins with { or \": say --format txt or --format csv";
        }
        return document(lines);
    }

    /** JSON that is one document over several lines, or has the list within; null if it is a value a line. */
    private static @Nullable String document(List<String> lines) {
        String first = lines.get(0);
        if (first.startsWith("[")) {
            return ARRAY;
        }
        var field = LIST_IN_FIELD.matcher(first + (lines.size() > 1 && first.equals("{") ? lines.get(1) : ""));
        if (field.matches()) {
            return "it is one JSON object that has the list in its field " + field.group(1) + ", not JSON lines"
                    + EACH.formatted("." + field.group(1) + "[]");
        }
        boolean goesOn = lines.size() > 1 && !lines.get(1).startsWith("{");
        return UNFINISHED.matcher(first).matches() && goesOn
                ? "its JSON goes over several lines, JSON lines are an object a line" + EACH.formatted(".")
                : null;
    }
}
