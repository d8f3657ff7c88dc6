package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dallemini.lists.PromptLine.Bad;
import org.dallemini.lists.PromptLine.Prompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV as spreadsheets and people write it. */
class SpreadsheetTest {
    @TempDir
    private Path folder;

    private List<PromptLine> read(String content) throws IOException {
        var lines = new ArrayList<PromptLine>();
        Path file = Files.writeString(folder.resolve("a.csv"), content);
        try (PromptReader reader = PromptFile.of(file, null).open()) {
            for (PromptLine line = reader.next(); line != null; line = reader.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private String first(String content) throws IOException {
        PromptLine line = read(content).get(0);
        return line instanceof Prompt prompt ? prompt.fields().toString() : line.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            7 ~ 7
            -9 ~ -9
            1.0 ~ 1
            7.00 ~ 7
            ` 7 ` ~ 7
            '7 ~ 7
            \"\"\"7\"\"\" ~ 7
            \u00a07\u00a0 ~ 7
            \u201c7\u201d ~ 7
            123456789012345678 ~ 123456789012345678
            9223372036854775807 ~ "9223372036854775807"
            """)
    void shouldTakeIntegersAsTheyAreWritten(String cell, String seed) throws IOException {
        assertThat(first("text,seed\na," + cell + "\n")).isEqualTo("{\"text\":\"a\",\"seed\":" + seed + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            1.12358E+11 ~ seed is "1.12358E+11", as spreadsheets shorten long numbers
            1E+11 ~ the digits that were cut off are lost
            "1,12358E+11" ~ seed is "1,12358E+11", as spreadsheets shorten long numbers
            1e3 ~ Format the column as a number without decimals
            "1,234" ~ seed is "1,234", which has marks between its digits: write the digits only.
            1.234.567 ~ which has marks between its digits
            1 234 ~ which has marks between its digits
            1'234 ~ which has marks between its digits
            """)
    void shouldNameWhatSpreadsheetsMakeOfIntegers(String cell, String why) throws IOException {
        PromptLine line = read("text,seed,custom_id\na," + cell + ",mine\n").get(0);

        assertThat(line).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.code()).isEqualTo("invalid-parameter");
            assertThat(bad.message()).contains(why);
            assertThat(bad.customId()).isEqualTo("mine");
            assertThat(bad.raw()).isEqualTo("a," + cell + ",mine");
        });
    }

    @Test
    void shouldTakeADecimalCommaWhereItSeparatesNoCells() throws IOException {
        assertThat(first("text;temperature;topK\na;0,5;50\n"))
                .isEqualTo("{\"text\":\"a\",\"sampling\":{\"temperature\":0.5,\"topK\":50}}");
        assertThat(first("text;count\na;1,0\n")).isEqualTo("{\"text\":\"a\",\"count\":1}");
        assertThat(first("text,temperature\na,\"0,5\"\n")).contains("temperature is \"0,5\", with a comma");
        assertThat(first("text,temperature\na,5E-1\n")).contains("\"temperature\":0.5");
        assertThat(first("text,temperature\na,NaN\n")).contains("\"temperature\":\"NaN\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text,seed\na b,7\n",
                "text;seed\r\na b;7\r\n",
                "text\tseed\ra b\t7\r",
                "sep=;\ntext;seed\na b;7\n",
                "\"sep=,\"\ntext,seed\na b,7\n",
                "sep=\t\r\ntext\tseed\r\na b\t7\r\n",
                "Text,SEED\n\"a b\",7\n",
                " prompt , Seed \n \"a b\" , 7 \n",
                "Prompt;seed\n\"a b\";7\n",
                "text,seed,,\na b,7,,\n",
                "text,seed\na b,7,,,\n"
            })
    void shouldTakeEverySeparatorAndWayToWriteTheHeader(String content) throws IOException {
        assertThat(first(content)).isEqualTo("{\"text\":\"a b\",\"seed\":7}");
    }

    @Test
    void shouldKnowFieldsByTheNamesOfOtherPrograms() throws IOException {
        assertThat(first("Prompt,Negative Prompt,CFG Scale,Best_Of,top_k,LABEL.Kind,Custom ID\na,b,2.5,3,4,c,d\n"))
                .isEqualTo("{\"text\":\"a\",\"negativeText\":\"b\",\"bestOf\":3,\"labels\":{\"Kind\":\"c\"},"
                        + "\"sampling\":{\"topK\":4,\"guidanceScale\":2.5}}");
        assertThatThrownBy(() -> read("text,Negative Prompt,negative_text\na,b,c\n"))
                .hasMessageContaining("the columns \"Negative Prompt\" and \"negative_text\" are the same field");
        assertThatThrownBy(() -> read("text,colour\na,b\n"))
                .hasMessageContaining("there is no field for the column \"colour\": use ")
                .hasMessageContaining("or say --format txt if it is a prompt a line");
    }

    @Test
    void shouldKeepQuotationMarksWithinCells() throws IOException {
        assertThat(first("text,seed\na 5\" disk,7\n")).isEqualTo("{\"text\":\"a 5\\\" disk\",\"seed\":7}");
        assertThat(first("text\n\u201ca\u201d circle\n")).isEqualTo("{\"text\":\"\u201ca\u201d circle\"}");
        assertThat(first("text,seed\n\u201ca, red\u201d,7\n"))
                .contains("3 cells for 2 columns", "in quotation marks, straight ones (\").");
        assertThat(first("text;seed\na; red;7\n")).contains("a text that holds semicolons in quotation marks.");
    }

    @Test
    void shouldSayWhereAQuotationMarkOpenedThatIsNotClosed() throws IOException {
        // Given: the mark opens in line 2 or deeper in a row, and others follow or do not
        String rows = String.join(
                "\n", IntStream.range(0, 50).mapToObj(i -> "ring " + i).toList());

        assertThatThrownBy(() -> read("text\n\"a red\n" + rows + "\n"))
                .hasMessageContaining("the quotation mark in line 2, column 1 is never closed");
        assertThatThrownBy(() -> read("text,label.x\n\"a\nb\",\"c\n" + rows))
                .hasMessageContaining("the quotation mark in line 3, column 4 is never closed");
        assertThatThrownBy(() -> read("text\n\"" + "x\n".repeat(LineReader.MAX_BYTES)))
                .hasMessageContaining("the quotation mark in line 2, column 1 is never closed");

        List<PromptLine> lines = read("text\n\"a red\n" + rows + "\n\"a blue\"\na star\n");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isInstanceOfSatisfying(Bad.class, bad -> {
            assertThat(bad.number()).isEqualTo(2);
            assertThat(bad.message())
                    .startsWith("What the quotation mark in line 2, column 1 opens ends in line 53, column 1");
            assertThat(bad.raw()).startsWith("\"a red\nring 0\n").endsWith("\n\"a blue\"");
        });
        assertThat(lines.get(1).number()).isEqualTo(54);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#####"})
    void shouldNotDrawWhatAFormulaFailedWith(String cell) throws IOException {
        assertThat(first("text,seed\n" + cell + ",7\n")).contains("invalid-text", "in place of a result");
    }

    @Test
    void shouldRefuseACellWithoutAColumn() throws IOException {
        assertThat(first("text,,seed\na,b,7\n")).contains("invalid-csv", "in a column without a name");
    }
}
