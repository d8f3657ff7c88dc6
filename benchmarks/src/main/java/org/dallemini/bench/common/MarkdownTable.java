package org.dallemini.bench.common;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table as Markdown has it, its columns aligned for people who read it as text. */
public final class MarkdownTable {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public MarkdownTable(String... header) {
        this.header = List.of(header);
    }

    /** @throws IllegalArgumentException if there is not a cell for each column */
    public MarkdownTable row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + header.size() + " columns: " + Arrays.toString(cells));
        }
        rows.add(Arrays.stream(cells).map(cell -> cell.replace("|", "\\|")).toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public String toString() {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(3, header.get(column).length());
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        var text = new StringBuilder();
        append(text, header, widths);
        append(text, Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths);
        rows.forEach(row -> append(text, row, widths));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> cells, int... widths) {
        text.append('|');
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            text.append(' ')
                    .append(cell)
                    .append(" ".repeat(widths[column] - cell.length()))
                    .append(" |");
        }
        text.append('\n');
    }
}
