package org.dallemini.ingest.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dallemini.ingest.http.RefusedRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In words that do not depend on the parser. */
class JsonReaderTest {
    private static final String WHOLE =
            "{\"prompts\": [{\"text\": \"a \\u00e9\", \"count\": 2, \"seed\": -1.5e+3}, null, true]}";
    private final JsonReader reader = new JsonReader(1 << 20);

    private String refused(byte[] body) {
        return catchThrowableOfType(RefusedRequestException.class, () -> reader.read(body))
                .problem()
                .detail();
    }

    /** In the texts, ~ stands for the end of a line, and ^ for a tab. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompts\":[ | the array that begins here is not closed (line 1, column 12)",
                "{\"prompts\":[\"x\"] | the object that begins here is not closed (line 1, column 1)",
                "{~ \"a\": {\"b\": | the object that begins here is not closed (line 2, column 7)",
                "{\"a\" | the object that begins here is not closed (line 1, column 1)",
                "{\"a | the string that begins here is not closed (line 1, column 2)",
                "{\"a\\ | within an escape (line 1, column 4)",
                "[1,2,] | a comma stands before the closing bracket: remove it (line 1, column 5)",
                "{\"a\":1,~} | a comma stands before the closing bracket: remove it (line 1, column 7)",
                "[1 2] | a comma is missing before 2 (line 1, column 4)",
                "{\"a\":1 \"b\":2} | a comma is missing before \" (line 1, column 8)",
                "{\"a\" 1} | a colon is missing behind the name a (line 1, column 6)",
                "{\"a\":} | a value is missing before } (line 1, column 6)",
                "[,1] | a value is missing before , (line 1, column 2)",
                "{,} | a name in quotation marks is missing before , (line 1, column 2)",
                "[1} | is closed by }: write ] (line 1, column 3)",
                "[1]] | a closing bracket is too much: remove it (line 1, column 4)",
                "{}~{} | it goes on behind its end: send one value, and nothing behind it (line 2, column 1)",
                "{\"a\":NaN} | NaN is no number of JSON: give a finite number, or leave the field out (line 1, column 6)",
                "[-Infinity] | -Infinity is no number of JSON",
                "[Infinity] | Infinity is no number of JSON",
                "{\"a\":1,\"a\":2} | the name a stands twice in an object: leave one of them out (line 1, column 8)",
                "{\"a\":1,\"\\u0061\":2} | the name a stands twice",
                "{\"a\":1 // one~} | here is a comment, which JSON does not have: remove it (line 1, column 8)",
                "/* all */ {} | here is a comment, which JSON does not have: remove it (line 1, column 1)",
                "[1, # one~2] | here is a comment",
                "{} // end | here is a comment",
                "[\"a~b\"] | the control character U+000A stands in a string as it is: write it as \\n, or close the string before it (line 1, column 4)",
                "[\"a^b\"] | the control character U+0009 stands in a string as it is: write it as \\t",
                "['a'] | a string begins with ': write it in straight double quotation marks (line 1, column 2)",
                "{'a':1} | a string begins with '",
                "[\u201ca\u201d] | a string begins with U+201C",
                "{a:1} | the name a has no quotation marks (line 1, column 2)",
                "[red] | the word red has no quotation marks (line 1, column 2)",
                "[True] | True is no value of JSON: write true",
                "[None] | None is no value of JSON: write null",
                "[undefined] | undefined is no value of JSON: write null",
                "[01] | a number begins with 0: leave the zero out, or write it as a string (line 1, column 2)",
                "[-01] | a number begins with 0",
                "[+1] | a number begins with +: write numbers as 1500 or 0.5",
                "[.5] | a number begins with .",
                "[1.] | a digit is missing behind the point of a number",
                "[1e] | a digit is missing in the exponent of a number",
                "[-] | a digit is missing behind the minus",
                "[1_000] | a number is followed by _: write numbers as 1500 or 1.5",
                "[0x1F] | a number is followed by x",
                "[123456789012345678901234567890123] | a number has 33 characters, the limit is 32 (line 1, column 2)",
                "[\"\\x\"] | there is no escape \\ followed by x: write \\\\ for a backslash (line 1, column 3)",
                "[\"\\u12\"] | the escape \\u has no four hexadecimal digits behind it (line 1, column 3)",
                "[[[[[[[[[1]]]]]]]]] | deeper in each other than 8, which nothing here needs: take some away (line 1, column 9)",
                "` ~ ` | The body is empty: send JSON.",
                "[\u200b1] | a value is missing before U+200B",
                "\u00e9 | the word ? has no quotation marks",
                "{\"\u00e9\u00e9\ud83d\ude00\":tru} | the word tru has no quotation marks (line 1, column 8)"
            })
    void shouldSayWhatIsWrongWithJsonAndWhere(String body, String said) {
        String detail = refused(body.replace('~', '\n').replace('^', '\t').getBytes(UTF_8));
        assertThat(detail).contains(said).endsWith(".");
        assertThat(detail).doesNotContain("Feature", "Source", "Unexpected", "token", "expected", "REDACTED");
    }

    @Test
    void shouldCountLinesHoweverTheyEnd() {
        assertThat(refused("[1,\r\n2,\r3,\n x]".getBytes(UTF_8))).contains("(line 4, column 2)");
    }

    @Test
    void shouldTakeAByteOrderMarkAndNameOtherEncodings() throws Exception {
        // When, Then
        assertThat(reader.read(("\ufeff" + WHOLE).getBytes(UTF_8))).isEqualTo(reader.read(WHOLE.getBytes(UTF_8)));
        for (Charset utf16 : List.of(UTF_16, UTF_16BE, UTF_16LE)) {
            assertThat(refused(WHOLE.getBytes(utf16)))
                    .isEqualTo("The body is in UTF-16: send JSON in UTF-8, as it is.");
            assertThat(refused(("\ufeff" + WHOLE).getBytes(utf16))).contains("UTF-16");
        }
        for (String utf32 : List.of("UTF-32", "UTF-32BE", "UTF-32LE", "X-UTF-32BE-BOM", "X-UTF-32LE-BOM")) {
            assertThat(refused(WHOLE.getBytes(Charset.forName(utf32))))
                    .as(utf32)
                    .contains("in UTF-32");
        }
        assertThat(refused("[\"caf\u00e9\"]".getBytes(ISO_8859_1)))
                .isEqualTo("The body is no UTF-8, byte 6 (0xE9) cannot be there: send JSON in UTF-8.");
        assertThat(refused(new byte[] {0x1f, (byte) 0x8b, 8, 0})).contains("compressed by gzip");
        assertThat(refused(new byte[0])).contains("empty");
        assertThat(refused("\ufeff".getBytes(UTF_8))).contains("empty");
    }

    /** Whatever the parser refuses, there is something to be said about it. */
    @Test
    void shouldExplainWhateverTheParserRefuses() {
        byte[] whole = WHOLE.getBytes(UTF_8);
        Random random = new Random(11);
        String odd = "{}[],:\"\\'/#+-.0123eEtfnuNI \n\tx\u0001";
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] body = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) odd.charAt(random.nextInt(odd.length()));
            }
            try {
                reader.read(body);
            } catch (RefusedRequestException e) {
                refused++;
                assertThat(e.problem().detail())
                        .as(new String(body, UTF_8))
                        .doesNotContain("as RFC 8259 has it")
                        .doesNotContain("Feature");
            }
        }
        assertThat(refused).isGreaterThan(30_000);
    }
}
