package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code submit} says of files of strangers, by each way in; nothing is published. */
class SubmitListsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private InProcess rehearse(String... arguments) {
        var all = new ArrayList<>(List.of("submit", "--dry-run"));
        all.addAll(List.of(arguments));
        return InProcess.run(folder, all.toArray(String[]::new));
    }

    private InProcess rehearseFile(String name, String content, String... options) throws IOException {
        return rehearseFile(name, content.getBytes(StandardCharsets.UTF_8), options);
    }

    private InProcess rehearseFile(String name, byte[] content, String... options) throws IOException {
        var arguments = new ArrayList<>(List.of(options));
        if (!name.startsWith("-")) {
            arguments.add(Files.write(folder.resolve(name), content).toString());
            return rehearse(arguments.toArray(String[]::new));
        }
        arguments.addAll(List.of("--format", name.substring(1), "-"));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(content));
        try {
            return rehearse(arguments.toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
    }

    /** Names of files; a hyphen and a format for standard input. */
    private static final List<String> DOORS =
            List.of("a.txt", "a.csv", "a.tsv", "a.jsonl", "string.jsonl", "batch.jsonl", "-txt", "-csv", "-jsonl");

    private static String list(String door, String text) throws IOException {
        String json = JSON.writeValueAsString(text);
        return switch (door.replaceFirst(".*[-.]", "")) {
            case "csv" -> "text,seed\n\"" + text.replace("\"", "\"\"") + "\",7\n";
            case "tsv" -> "text\tseed\n\"" + text.replace("\"", "\"\"") + "\"\t7\n";
            case "jsonl" ->
                switch (door) {
                    case "string.jsonl" -> json + "\n";
                    case "batch.jsonl" -> "{\"body\":{\"prompt\":" + json + "}}\n";
                    default -> "{\"text\":" + json + "}\n";
                };
            default -> text + "\n";
        };
    }

    static Stream<Arguments> constructs() {
        return Stream.of(
                        "a (red:1.3) circle",
                        "a ((red)) circle",
                        "a [cat|dog]",
                        "a red circle AND a blue star",
                        "a circle <lora:shapes:0.8>",
                        "a {2$$red|blue} circle",
                        "a {0.5::red|blue} circle",
                        "a __colour__ circle",
                        "a ${colour} circle",
                        "a red circle --ar 16:9 --v 5 --no blue")
                .flatMap(text -> DOORS.stream().map(door -> Arguments.of(door, text)));
    }

    @ParameterizedTest
    @MethodSource("constructs")
    void shouldNeverDrawOtherSyntaxInSilence(String door, String text) throws IOException {
        String list = list(door, text);

        InProcess refused = rehearseFile(door, list);
        InProcess literal = rehearseFile(door, list, "--literal");

        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).contains("refused: unsupported-syntax: text holds \"", "--literal draws it as it");
        assertThat(literal.exitCode()).as(literal.err()).isZero();
        assertThat(literal.out()).contains('"' + text + '"');
    }

    static Stream<Arguments> doors() {
        return DOORS.stream().map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("doors")
    void shouldDrawOrdinaryEnglishAndRemarkWhatMayBeMeant(String door) throws IOException {
        InProcess plain = rehearseFile(door, list(door, "a cat (black) at 10:30, \"so\" they say -- AND SO ON"));
        InProcess braces = rehearseFile(door, list(door, "a {red|blue} circle"));
        InProcess expanded = rehearseFile(door, list(door, "a {red|blue} circle"), "--expand");

        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(plain.err()).isEmpty();
        assertThat(braces.exitCode()).isZero();
        assertThat(braces.err())
                .contains(
                        "1 prompt holds braces, which are drawn as they stand: --expand takes {a|b} for alternatives");
        assertThat(expanded.out()).contains("a red circle", "a blue circle");
        assertThat(expanded.err()).isEmpty();
    }

    @Test
    void shouldCheckNegativeTextsAndValuesOfWildcardsToo() throws IOException {
        Path lists = Files.createDirectories(folder.resolve("lists"));
        Files.writeString(lists.resolve("colour.txt"), "red\n(blue:1.2)\n");

        assertThat(rehearseFile("a.csv", "text,negative prompt\na ring,(red:1.3)\n")
                        .err())
                .contains("negativeText holds \"(red:1.3)\"");
        assertThat(rehearseFile("a.txt", "a ring\n", "--negative", "(red:1.3)").err())
                .contains("negativeText holds \"(red:1.3)\"");
        assertThat(rehearseFile("b.txt", "a __colour__ ring\n", "--expand", "--wildcards", lists.toString())
                        .err())
                .contains("line 1 refused: unsupported-syntax: text holds \"(blue:1.2)\"");
    }

    @Test
    void shouldUnderstandLinesWithFlags() throws IOException {
        InProcess run = rehearseFile(
                "a.txt",
                "--prompt \"a red circle\" --negative_prompt \"blue\" --seed 350\n"
                        + "--prompt \"a blue star\" --steps 20 --width 512 --n_iter 2\na ring\n");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("3 prompts, 4 images", "\"a red circle\"  seed 350", "\"a blue star\"  count 2");
        assertThat(run.err()).contains("Fields that mean nothing here were left out: --steps, --width");
    }

    @Test
    void shouldNameAReasonOnceHoweverManyLinesHaveIt() throws IOException {
        // Given
        byte[] latin = "a ring\ncaf\u00e9\n".repeat(1000).getBytes(StandardCharsets.ISO_8859_1);

        // When
        InProcess run = rehearseFile(
                "latin.txt", latin, "--manifest", folder.resolve("m").toString());

        // Then
        assertThat(run.err().lines().filter(line -> line.contains("UTF-8"))).hasSize(1);
        assertThat(run.err())
                .contains("line 2 refused: invalid-text: The line is no UTF-8: save it in that encoding")
                .contains("[so are 999 more lines: 4, 6, 8, 10, 12, ...]")
                .contains("1000 lines are no prompts: nothing was published");
        assertThat(Files.readAllLines(folder.resolve("m").resolve("errors.jsonl")))
                .hasSize(1000);
    }

    @Test
    void shouldKeepTheNameAndTheTextOfALineThatIsNoPrompt() throws IOException {
        // Given
        Path results = folder.resolve("results");

        // When
        InProcess run = rehearseFile(
                "bad.jsonl",
                "{\"text\":\"a\\u0000b\",\"custom_id\":\"nul\"}\n"
                        + "{\"text\":NaN,\"custom_id\":\"nan\"}\n"
                        + "{\"custom_id\":\"seed\",\"body\":{\"prompt\":\"a\",\"seed\":\"x\"}}\n"
                        + "{\"custom_id\":\"field\",\"body\":{\"prompt\":\"a\"},\"colour\":1}\n"
                        + "{\"custom_id\":\"syntax\",\"text\":\"(red:1.3)\"}\n"
                        + "{\"text\":\"a\",}\n[1]\n",
                "--on-error",
                "skip",
                "--manifest",
                results.toString());

        // Then
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        var errors = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(results.resolve("errors.jsonl"))) {
            errors.add(JSON.readTree(line));
        }
        assertThat(errors)
                .extracting(error -> error.get("line").asInt() + " "
                        + error.get("code").asText() + " "
                        + error.path("custom_id").asText("-") + " "
                        + error.path("raw").asText("-"))
                .containsExactly(
                        "1 invalid-text nul -",
                        "2 invalid-json - {\"text\":NaN,\"custom_id\":\"nan\"}",
                        "3 invalid-parameter seed -",
                        "4 unknown-field field -",
                        "5 unsupported-syntax syntax -",
                        "6 invalid-json - {\"text\":\"a\",}",
                        "7 invalid-json - [1]");
        assertThat(run.err()).contains("errors.jsonl has all of them", "there is no prompt in ");
    }

    @Test
    void shouldSayInItsOwnWordsWhatIsNoJson() throws IOException {
        InProcess run = rehearseFile("bad.jsonl", """
                {"text":"fine"}
                {"text":"a","seed":NaN}
                {"text":"a","seed":-Infinity}
                {"text":"a",}
                {"text":"a","text":"b"}
                {'text':'a'}
                {text:"a"}
                {"text":"a"} // a comment
                {"text":"a"
                {\u201ctext\u201d:\u201ca\u201d}
                {"text":"C:\\User"}
                {"text":"a","seed":007}
                {"text":"a","seed":True}
                {"text":"a"} {"text":"b"}
                nonsense
                """ + "[".repeat(2000) + "\n");

        assertThat(run.err().lines().filter(line -> line.startsWith("line ")))
                .hasSize(15)
                .allMatch(line -> line.matches("line \\d+ refused: invalid-json: .*\\(line \\d+, column \\d+\\)\\."));
        assertThat(run.err()).doesNotContain("Feature", "REDACTED", "Jackson", "token", "StreamRead", "code 1");
    }

    @Test
    void shouldNameTheOptionThatIsWrong() throws IOException {
        for (String[] option : new String[][] {
            {"--count", "0"},
            {"--count", "65"},
            {"--best-of", "0"},
            {"--temperature", "0"},
            {"--top-k", "-1"},
            {"--top-p", "2"},
            {"--guidance", "-1"},
            {"--negative", "a\u0001b"},
            {"--label", "x".repeat(65) + "=y"}
        }) {
            InProcess run = rehearseFile("a.txt", "a ring\na star\n", option);

            assertThat(run.exitCode()).as(option[0]).isEqualTo(ExitCode.USAGE);
            assertThat(run.err().lines().findFirst())
                    .hasValueSatisfying(line -> assertThat(line).contains(option[0]));
        }
    }

    @Test
    void shouldTakeTheSamplingBesideTheText() throws IOException {
        assertThat(rehearseFile("a.jsonl", "{\"text\":\"x\",\"temperature\":0.5,\"topK\":3,\"cfg_scale\":2}\n")
                        .exitCode())
                .isZero();
        assertThat(rehearseFile("b.jsonl", "{\"text\":\"x\",\"temperature\":0.5,\"sampling\":{\"temperature\":1}}\n")
                        .err())
                .contains("temperature and that of sampling are the same here: leave one of them out");
        assertThat(rehearseFile("c.jsonl", "{\"text\":\"x\",\"temperature\":0}\n")
                        .err())
                .contains("line 1 refused: invalid-parameter: temperature is 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\u00a0", "\u3000", "\u200b", "\u200b \u2060", "\u2800"})
    void shouldDrawNoBlankPrompt(String blank) throws IOException {
        // Given: what is layout, and what asks for a prompt without saying what
        InProcess text = rehearseFile("a.txt", "a ring\n" + blank + "\na star\n");
        InProcess lines = rehearseFile("b.jsonl", "\"a ring\"\n" + blank + "\n\"a star\"\n");
        InProcess rows = rehearseFile("c.csv", "text,seed\na ring,1\n" + blank + "," + blank + "\na star,2\n");

        // Then
        assertThat(List.of(text, lines, rows)).allSatisfy(run -> {
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out()).contains("2 prompts");
            assertThat(run.err()).contains("1 blank line skipped");
        });
        for (InProcess run : List.of(
                rehearseFile("d.csv", "text,seed\n" + blank + ",1\n"),
                rehearseFile("e.jsonl", "{\"text\":\"" + blank + "\"}\n"),
                rehearseFile("f.jsonl", "\"" + blank + "\"\n"),
                rehearseFile("g.txt", "--prompt \"" + blank + "\" --seed 7\n"),
                rehearseFile("h.txt", "{" + blank + "|a ring}\n", "--expand"))) {
            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err()).contains("refused: invalid-text: text is blank: say what to draw.");
        }
    }
}
