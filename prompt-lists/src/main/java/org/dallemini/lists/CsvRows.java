package org.dallemini.lists;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of CSV (RFC 4180) with a separator of one's own choice. A cell in quotation marks may hold separators, line ends
 * (taken as line feeds) and doubled quotation marks; blanks around the marks are none of it. Within other cells
 * quotation marks are characters as all others.
 */
final class CsvRows {
    private static final String MARK = "\"";

    private final LineReader lines;
    private final char separator;
    private String text = "";
    private int at;
    private final StringBuilder raw = new StringBuilder();

    CsvRows(LineReader lines, char separator) {
        this.lines = lines;
        this.separator = separator;
    }

    /** Cells of a line by itself, whatever it is: what is wrong with quotation marks is not looked at. */
    static List<String> cells(String line, char separator) {
        var cells = new ArrayList<String>();
        var cell = new StringBuilder();
        boolean isQuoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == separator && !isQuoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    /**
     * Cells of the row that begins in the line where the reader stands, which is left at the row's last.
     *
     * @throws RefusedLineException if it is no row; the next line is where to go on
     * @throws IOException if there is no telling where the next row begins
     */
    List<String> row() throws IOException, RefusedLineException {
        raw.setLength(0);
        at = 0;
        try {
            text = lines.text();
        } catch (RefusedLineException e) {
            text = lines.raw();
            throw e;
        }
        var cells = new ArrayList<String>();
        do {
            cells.add(cell());
        } while (at++ < text.length());
        return cells;
    }

    /** The row as it stands in the file. */
    String raw() {
        return raw + text;
    }

    /** Leaves the position at the separator behind it, or at the line's end. */
    private String cell() throws IOException, RefusedLineException {
        int begin = at;
        skipBlanks();
        if (text.startsWith(MARK, at)) {
            return quoted();
        }
        int end = text.indexOf(separator, at);
        at = end < 0 ? text.length() : end;
        return text.substring(begin, at);
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) != separator && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private String quoted() throws IOException, RefusedLineException {
        String opened = "the quotation mark in line " + lines.number() + ", column " + (at + 1);
        var cell = new StringBuilder();
        at++;
        while (true) {
            int end = text.indexOf('"', at);
            if (end < 0) {
                cell.append(text, at, text.length()).append('\n');
                goOn(opened);
            } else if (text.startsWith(MARK, end + 1)) {
                cell.append(text, at, end + 1);
                at = end + 2;
            } else {
                cell.append(text, at, end);
                at = end + 1;
                skipBlanks();
                if (at < text.length() && text.charAt(at) != separator) {
                    throw new RefusedLineException(
                            "invalid-csv",
                            "What " + opened + " opens ends in line " + lines.number() + ", column " + (end + 1)
                                    + ", in the middle of a cell: close it where it should end, and double marks that"
                                    + " belong to the text.");
                }
                return cell.toString();
            }
        }
    }

    /** In the next line. */
    private void goOn(String opened) throws IOException {
        raw.append(text).append('\n');
        if (raw.length() > LineReader.MAX_BYTES || !lines.next()) {
            throw new IOException(
                    opened + " is never closed: close it, or double it if it belongs to a text in quotation marks");
        }
        try {
            text = lines.text();
        } catch (RefusedLineException e) {
            throw new IOException("line " + lines.number() + ", within what " + opened + " opens: " + e.reason(), e);
        }
        at = 0;
    }
}
