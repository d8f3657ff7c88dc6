package org.dallemini.lists;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first row of a CSV file: which fields its cells fill, and what separates them.
 *
 * @param separator comma, semicolon or tab
 * @param columns the fields' names, {@code label.NAME} for labels; empty for columns without a name
 */
record CsvHeader(char separator, List<String> columns) {
    static final String LABEL = "label.";

    private static final String SEPARATORS = ",;\t";

    /** What some programs write above the header for Excel. */
    private static final Pattern SEPARATOR_LINE = Pattern.compile("(?i)\\s*\"?sep=([,;\t])\"?\\s*");

    private static final List<String> FIELDS = List.of(
            "text",
            "id",
            "negativeText",
            "count",
            "bestOf",
            "seed",
            "lane",
            "deadline",
            "temperature",
            "topK",
            "topP",
            "guidanceScale",
            "custom_id");

    private static final Map<String, String> BY_NAME = byName();

    CsvHeader {
        columns = List.copyOf(columns);
    }

    private static Map<String, String> byName() {
        var names = new HashMap<String, String>();
        FIELDS.forEach(field -> names.put(bare(field), field));
        PromptObject.SYNONYMS.forEach((other, field) -> names.put(bare(other), field));
        return names;
    }

    /**
     * Capitals, blanks, hyphens and underscores make no difference: people and spreadsheets write names as they like.
     */
    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]", "");
    }

    /** The field that a column is named after; null if there is none. */
    private static @Nullable String field(String name) {
        boolean isLabel = name.length() > LABEL.length() && name.regionMatches(true, 0, LABEL, 0, LABEL.length());
        return isLabel ? LABEL + name.substring(LABEL.length()) : BY_NAME.get(bare(name));
    }

    /** Whether a line can hardly be anything but the first of a CSV file. */
    static boolean isOne(String line) {
        return SEPARATOR_LINE.matcher(line).matches()
                || line.equalsIgnoreCase("sep=") // a tab is gone
                || SEPARATORS.chars().anyMatch(separator -> isOne(CsvRows.cells(line, (char) separator)));
    }

    private static boolean isOne(List<String> cells) {
        List<String> fields =
                cells.stream().map(CsvHeader::field).map(String::valueOf).toList();
        return fields.contains("text") && !fields.contains("null");
    }

    /**
     * Reads it.
     *
     * @throws IOException if there is none, or it names what is no field
     */
    static CsvHeader read(LineReader lines) throws IOException {
        try {
            if (!lines.next()) {
                throw new IOException("there is no header: name the columns in the first line, one of them text");
            }
            Matcher line = SEPARATOR_LINE.matcher(lines.text());
            if (line.matches() && lines.next()) {
                return of(
                        CsvRows.cells(lines.text(), line.group(1).charAt(0)),
                        line.group(1).charAt(0));
            }
            char separator = separator(lines.text());
            return of(CsvRows.cells(lines.text(), separator), separator);
        } catch (RefusedLineException e) {
            throw new IOException("its header cannot be read: " + e.reason(), e);
        }
    }

    /** The one that makes names of fields of the line, or else that comes most often. */
    private static char separator(String line) {
        char best = ',';
        long most = 0;
        for (char separator : SEPARATORS.toCharArray()) {
            if (isOne(CsvRows.cells(line, separator))) {
                return separator;
            }
            long often = line.chars().filter(c -> c == separator).count();
            if (often > most) {
                best = separator;
                most = often;
            }
        }
        return best;
    }

    private static CsvHeader of(List<String> names, char separator) throws IOException {
        var columns = new ArrayList<String>();
        var seen = new HashMap<String, String>();
        for (String cell : names) {
            String name = cell.strip();
            String field = name.isEmpty() ? "" : field(name);
            if (field == null) {
                throw new IOException("there is no field for the column " + Printable.quote(name) + ": use "
                        + String.join(", ", new TreeSet<>(FIELDS))
                        + " or label.NAME in the first line, or say --format txt if it is a prompt a line");
            }
            String before = field.isEmpty() ? null : seen.put(field, name);
            if (before != null) {
                throw new IOException(
                        before.equals(name)
                                ? "the column " + Printable.quote(name) + " is there twice"
                                : "the columns " + Printable.quote(before) + " and " + Printable.quote(name)
                                        + " are the same field, " + field + ": leave one of them out");
            }
            columns.add(field);
        }
        if (!seen.containsKey("text")) {
            throw new IOException("there is no column text: name the columns in the first line");
        }
        return new CsvHeader(separator, columns);
    }
}
