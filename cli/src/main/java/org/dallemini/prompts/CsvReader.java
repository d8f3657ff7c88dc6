package org.dallemini.prompts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A header with the names of fields, then a prompt a row. An empty cell is a field that is left out, but for the text.
 */
final class CsvReader implements PromptReader {
    private static final String LABEL = "label.";
    private static final Set<String> NUMBERS = Set.of("count", "n", "bestOf", "best_of", "seed");
    private static final Set<String> SAMPLING = Set.of("temperature", "topK", "topP", "guidanceScale");
    private static final Set<String> TEXTS =
            Set.of("text", "prompt", "id", "negativeText", "lane", "deadline", "custom_id");

    private static final CsvMapper CSV = CsvMapper.builder(CsvFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LineReader.LONGEST)
                            .build())
                    .build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .build();

    private final Reader in;
    private final MappingIterator<String[]> rows;
    private final List<String> columns;

    /** @throws IOException if the header is missing or names what is no field */
    CsvReader(InputStream bytes) throws IOException {
        in = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()); // refuses what is no UTF-8
        rows = CSV.readerFor(String[].class).readValues(in);
        String[] header = row();
        if (header == null) {
            throw new IOException("there is no header: name the columns in the first line, one of them text");
        }
        columns = Arrays.stream(header).map(String::strip).toList();
        check(columns);
    }

    private static void check(List<String> columns) throws IOException {
        var seen = new HashSet<String>();
        for (String column : columns) {
            boolean isKnown = NUMBERS.contains(column)
                    || SAMPLING.contains(column)
                    || TEXTS.contains(column)
                    || column.startsWith(LABEL) && column.length() > LABEL.length();
            if (!isKnown) {
                throw new IOException("there is no field for the column " + Printable.quote(column) + ": use "
                        + String.join(
                                ", ",
                                Stream.of(TEXTS, NUMBERS, SAMPLING)
                                        .flatMap(Set::stream)
                                        .sorted()
                                        .toList())
                        + " or label.NAME, separated by commas");
            }
            if (!seen.add(column)) {
                throw new IOException("the column " + Printable.quote(column) + " is there twice");
            }
        }
        if (!seen.contains("text") && !seen.contains("prompt")) {
            throw new IOException("there is no column text: name the columns in the first line");
        }
    }

    @Override
    public @Nullable PromptLine next() throws IOException {
        // Before the row is read the parser stands at the end of the one before.
        int before = line();
        String[] cells = row();
        if (cells == null) {
            return null;
        }
        int number = before;
        try {
            if (Arrays.stream(cells).allMatch(String::isBlank)) {
                return new PromptLine.Blank(number);
            }
            if (cells.length > columns.size()) {
                throw new RefusedLineException(
                        "invalid-csv",
                        "The row has " + cells.length + " cells for " + columns.size()
                                + " columns: put a text that holds commas in quotation marks.");
            }
            return PromptObject.line(number, fields(cells));
        } catch (RefusedLineException e) {
            return e.at(number);
        }
    }

    private ObjectNode fields(String[] cells) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.length; i++) {
            String column = columns.get(i);
            String cell = cells[i];
            if (column.equals("text") || column.equals("prompt")) {
                fields.put(column, cell);
            } else if (!cell.isEmpty()) {
                put(fields, column, cell);
            }
        }
        return fields;
    }

    private static void put(ObjectNode fields, String column, String cell) {
        if (column.startsWith(LABEL)) {
            fields.withObjectProperty("labels").put(column.substring(LABEL.length()), cell);
        } else if (SAMPLING.contains(column)) {
            putNumber(fields.withObjectProperty("sampling"), column, cell.strip());
        } else if (NUMBERS.contains(column)) {
            putNumber(fields, column, cell.strip());
        } else {
            fields.put(column, cell);
        }
    }

    /** What is no number stays text, which is then refused by the field's name. */
    private static void putNumber(ObjectNode fields, String column, String cell) {
        if (cell.matches("[+-]?\\d{1,18}")) {
            fields.put(column, Long.parseLong(cell));
        } else if (cell.matches("[+-]?(\\d{1,18}\\.?|\\d{0,18}\\.\\d{1,18})([eE][+-]?\\d{1,3})?")) {
            fields.put(column, Double.parseDouble(cell));
        } else {
            fields.put(column, cell);
        }
    }

    private int line() {
        return rows.getParser().currentLocation().getLineNr();
    }

    private String @Nullable [] row() throws IOException {
        try {
            return rows.hasNextValue() ? rows.nextValue() : null;
        } catch (CharacterCodingException e) {
            throw new IOException("it is no UTF-8 somewhere behind line " + line() + ": save it in that encoding", e);
        } catch (JsonProcessingException e) {
            throw new IOException("it is no CSV from line " + line() + " on: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        rows.close();
        in.close();
    }
}
