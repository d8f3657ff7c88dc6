package org.dallemini.lists;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;

/** Numbers in cells of CSV, as people and spreadsheets write them. */
final class CellNumber {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern WITH_ZEROS = Pattern.compile("([+-]?\\d{1,18})[.,]0*");
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(\\d{1,18}\\.?|\\d{0,18}\\.\\d{1,18})([eE][+-]?\\d{1,3})?");
    private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d{0,18},\\d{1,18}");
    private static final Pattern SCIENTIFIC = Pattern.compile("[+-]?\\d+([.,]\\d+)?[eE][+-]?\\d+");
    private static final Pattern GROUPED = Pattern.compile("[+-]?\\d{1,3}(?:[.,'\u2019\\h]\\d{3})+(?:[.,]\\d+)?");

    /** Blanks, the apostrophe by which spreadsheets keep a number as text, and quotation marks around. */
    private static final Pattern AROUND = Pattern.compile("^[\\h\\s'\"\u2019\u201c\u201d]+|[\\h\\s\"\u201d]+$");

    private CellNumber() {}

    /**
     * An integer; what is none stays text, which is then refused by the field's name.
     *
     * @throws RefusedLineException if it is the rest of one
     */
    static JsonNode integer(String column, String cell) throws RefusedLineException {
        String number = AROUND.matcher(cell).replaceAll("");
        if (WHOLE.matcher(number).matches()) {
            return LongNode.valueOf(Long.parseLong(number));
        }
        var zeros = WITH_ZEROS.matcher(number);
        if (zeros.matches()) {
            return LongNode.valueOf(Long.parseLong(zeros.group(1)));
        }
        if (SCIENTIFIC.matcher(number).matches()) {
            throw refuse(
                    column,
                    cell,
                    "as spreadsheets shorten long numbers: the digits that were cut off are lost. Format the column as"
                            + " a number without decimals, or as text, and save it again.");
        }
        if (GROUPED.matcher(number).matches()) {
            throw refuse(column, cell, "which has marks between its digits: write the digits only.");
        }
        return TextNode.valueOf(number);
    }

    /**
     * A number with or without decimals; what is none stays text.
     *
     * @param hasCommas whether a comma cannot be a separator of cells, as where decimals are written with it
     * @throws RefusedLineException if a comma in it may mean one thing or another
     */
    static JsonNode decimal(String column, String cell, boolean hasCommas) throws RefusedLineException {
        String number = AROUND.matcher(cell).replaceAll("");
        if (DECIMAL.matcher(number).matches()) {
            return DoubleNode.valueOf(Double.parseDouble(number));
        }
        if (DECIMAL_COMMA.matcher(number).matches() && hasCommas) {
            return DoubleNode.valueOf(Double.parseDouble(number.replace(',', '.')));
        }
        if (DECIMAL_COMMA.matcher(number).matches() || GROUPED.matcher(number).matches()) {
            throw refuse(
                    column, cell, "with a comma or marks: write decimals with a point, and nothing between digits.");
        }
        return TextNode.valueOf(number);
    }

    private static RefusedLineException refuse(String column, String cell, String what) {
        return new RefusedLineException(
                "invalid-parameter", column + " is " + Printable.quote(cell.strip()) + ", " + what);
    }
}
