package org.dallemini.lists;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.dallemini.prompt.PromptValidator;
import org.jspecify.annotations.Nullable;

/**
 * A header with the names of fields, then a prompt a row. An empty cell is a field that is left out, but for the text.
 */
final class CsvReader implements PromptReader {
    private static final String TEXT = "text";
    private static final Set<String> INTEGERS = Set.of("count", "bestOf", "seed", "topK");
    private static final Set<String> DECIMALS = Set.of("temperature", "topP", "guidanceScale");

    /** What spreadsheets write in place of a result. */
    private static final Pattern FAILED_FORMULA =
            Pattern.compile("#(NAME\\?|REF!|VALUE!|DIV/0!|N/A|NULL!|NUM!|SPILL!|CALC!|ERROR!|#+)");

    private final LineReader lines;
    private final CsvHeader header;
    private final CsvRows rows;

    /** @throws IOException if the header is missing or names what is no field */
    CsvReader(LineReader lines) throws IOException {
        this.lines = lines;
        header = CsvHeader.read(lines);
        rows = new CsvRows(lines, header.separator());
    }

    @Override
    public @Nullable PromptLine next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        int number = lines.number();
        List<String> cells;
        try {
            cells = rows.row();
        } catch (RefusedLineException e) {
            return e.at(number, null, rows.raw());
        }
        if (cells.stream().allMatch(PromptValidator::isBlank)) {
            return new PromptLine.Blank(number);
        }
        try {
            check(cells);
            return PromptObject.line(number, fields(cells));
        } catch (RefusedLineException e) {
            int place = header.columns().indexOf(PromptObject.CUSTOM_ID);
            return e.at(number, place < 0 || place >= cells.size() ? null : cells.get(place), rows.raw());
        }
    }

    /** Spreadsheets write empty cells beyond the last column, which are none. */
    private void check(List<String> cells) throws RefusedLineException {
        int columns = header.columns().size();
        boolean isLonger = cells.size() > columns
                && !cells.subList(columns, cells.size()).stream().allMatch(PromptValidator::isBlank);
        if (isLonger) {
            throw new RefusedLineException(
                    "invalid-csv",
                    "The row has " + cells.size() + " cells for " + columns + " columns: put a text that holds "
                            + switch (header.separator()) {
                                case ',' -> "commas";
                                case ';' -> "semicolons";
                                default -> "tabs";
                            }
                            + " in quotation marks"
                            + (rows.raw().matches("(?s).*[\u201c\u201d\u201e].*") ? ", straight ones (\")." : "."));
        }
    }

    private ObjectNode fields(List<String> cells) throws RefusedLineException {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        int size = Math.min(cells.size(), header.columns().size());
        for (int i = 0; i < size; i++) {
            String column = header.columns().get(i);
            String cell = cells.get(i);
            if (column.equals(TEXT)) {
                fields.put(TEXT, text(cell));
            } else if (!PromptValidator.isBlank(cell)) {
                put(fields, column, cell);
            }
        }
        return fields;
    }

    private static String text(String cell) throws RefusedLineException {
        if (FAILED_FORMULA.matcher(cell).matches()) {
            throw new RefusedLineException(
                    "invalid-text",
                    "text is " + Printable.quote(cell)
                            + ", which a spreadsheet writes in place of a result: correct the cell (a text that begins"
                            + " with =, + or - needs an apostrophe before it there).");
        }
        return cell;
    }

    private void put(ObjectNode fields, String column, String cell) throws RefusedLineException {
        if (column.isEmpty()) {
            throw new RefusedLineException(
                    "invalid-csv", "The cell " + Printable.quote(cell) + " is in a column without a name: name it.");
        }
        if (column.startsWith(CsvHeader.LABEL)) {
            fields.withObjectProperty("labels").put(column.substring(CsvHeader.LABEL.length()), cell);
            return;
        }
        fields.set(column, value(column, cell));
    }

    private JsonNode value(String column, String cell) throws RefusedLineException {
        if (INTEGERS.contains(column)) {
            return CellNumber.integer(column, cell);
        }
        return DECIMALS.contains(column)
                ? CellNumber.decimal(column, cell, header.separator() != ',')
                : JsonNodeFactory.instance.textNode(cell);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
