package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.dallemini.lists.PromptLine.Bad;
import org.dallemini.lists.PromptLine.Blank;
import org.dallemini.lists.PromptLine.Prompt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptFileTest {
    @TempDir
    private Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static List<PromptLine> read(Path file, @Nullable PromptFormat format) throws IOException {
        var lines = new ArrayList<PromptLine>();
        try (PromptReader reader = PromptFile.of(file, format).open()) {
            for (PromptLine line = reader.next(); line != null; line = reader.next()) {
                lines.add(line);
            }
        }
        return lines;
    }

    private List<PromptLine> read(String name, String content) throws IOException {
        return read(file(name, content), null);
    }

    /** One word a line: what a prompt asks for, or what is wrong. */
    private static List<String> gist(List<PromptLine> lines) {
        return lines.stream()
                .map(line -> line instanceof Prompt prompt
                        ? prompt.fields().toString()
                        : line instanceof Bad bad ? bad.code() : "blank")
                .toList();
    }

    private static List<String> texts(List<PromptLine> lines) {
        return lines.stream()
                .map(line -> ((Prompt) line).fields().get("text").textValue())
                .toList();
    }

    @Test
    void shouldNumberEveryLineAndTellBlankOnes() throws IOException {
        List<PromptLine> lines = read("a.txt", "a\n\n \t \nb");

        assertThat(lines).extracting(PromptLine::number).containsExactly(1, 2, 3, 4);
        assertThat(lines.subList(1, 3)).allMatch(line -> line instanceof Blank);
        assertThat(texts(List.of(lines.get(0), lines.get(3)))).containsExactly("a", "b");
    }

    @Test
    void shouldTakeEveryKindOfLineEnd() throws IOException {
        assertThat(texts(read("a.txt", "a\r\nb\rc\n"))).containsExactly("a", "b", "c");
        assertThat(gist(read("b.txt", "a\r\r\n\nb")))
                .containsExactly("{\"text\":\"a\"}", "blank", "blank", "{\"text\":\"b\"}");
    }

    @Test
    void shouldDropAByteOrderMark() throws IOException {
        assertThat(texts(read("a.txt", "\uFEFFa\n\uFEFFb"))).containsExactly("a", "\uFEFFb");
        assertThat(texts(read("a.csv", "\uFEFFtext\nb"))).containsExactly("b");
    }

    @Test
    void shouldKeepTextAsItStands() throws IOException {
        String text = "  café \uD83D\uDE00 <b>&amp;</b> {a|b}\t";
        assertThat(texts(read("a.txt", text))).containsExactly(text);
    }

    @Test
    void shouldNameLinesThatAreNoTextAndGoOn() throws IOException {
        // Given
        Path file = folder.resolve("a.txt");
        try (var out = Files.newOutputStream(file)) {
            out.write("a\n".getBytes(StandardCharsets.UTF_8));
            out.write(new byte[] {'c', 'a', 'f', (byte) 0xe9, '\n'});
            out.write("x".repeat(LineReader.MAX_BYTES + 1).getBytes(StandardCharsets.UTF_8));
            out.write("\nb".getBytes(StandardCharsets.UTF_8));
        }

        // Then
        assertThat(gist(read(file, null)))
                .containsExactly("{\"text\":\"a\"}", "invalid-text", "line-too-long", "{\"text\":\"b\"}");
    }

    @Test
    void shouldUnpackWhatIsCompressedWhateverItsName() throws IOException {
        for (String name : List.of("a.csv.gz", "a.csv")) {
            Path file = folder.resolve(name);
            try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write("\uFEFFtext\na red circle\n".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(texts(read(file, null))).containsExactly("a red circle");
            assertThat(PromptFile.of(file, null).stem()).isEqualTo("a");
        }
    }

    @Test
    void shouldSayThatACompressedFileBreaksOff() throws IOException {
        // Given
        Path whole = folder.resolve("whole.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(whole))) {
            out.write("a red circle\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path half = Files.write(folder.resolve("half.txt.gz"), Arrays.copyOf(bytes, bytes.length / 2));

        // Then
        assertThatThrownBy(() -> read(half, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(half + " cannot be read as a list of prompts: ");
    }

    @Test
    void shouldReadRowsOfCsv() throws IOException {
        List<PromptLine> lines = read("a.csv", """
                prompt,n,seed,temperature,topK,negativeText,lane,label.kind,custom_id
                "a red circle, on white",2,7,0.5,50,dogs,bulk,round,first
                "a
                ""green"" ring",,,,,,,,

                a star,x,-9,1e-1,,,,,
                a heart,1,2,3,4,5,6,7,8,9
                """);

        assertThat(lines).extracting(PromptLine::number).containsExactly(2, 3, 5, 6, 7);
        assertThat(gist(lines))
                .containsExactly(
                        "{\"text\":\"a red circle, on white\",\"count\":2,\"seed\":7,\"negativeText\":\"dogs\","
                                + "\"lane\":\"bulk\",\"labels\":{\"kind\":\"round\"},"
                                + "\"sampling\":{\"temperature\":0.5,\"topK\":50}}",
                        "{\"text\":\"a\\n\\\"green\\\" ring\"}",
                        "blank",
                        "{\"text\":\"a star\",\"count\":\"x\",\"seed\":-9,\"sampling\":{\"temperature\":0.1}}",
                        "invalid-csv");
        assertThat(((Prompt) lines.get(0)).customId()).isEqualTo("first");
        assertThat(gist(read("b.csv", "text,best_of\na ring,8\n")))
                .containsExactly("{\"text\":\"a ring\",\"bestOf\":8}");
    }

    @Test
    void shouldRefuseCsvWithoutUsableHeader() throws IOException {
        for (String[] wrong : new String[][] {
            {"", "there is no header"},
            {"a red circle\n", "there is no field for the column \"a red circle\""},
            {"text;colour\na;1\n", "there is no field for the column \"colour\""},
            {"count\n1\n", "there is no column text"},
            {"text,text\na,b\n", "the column \"text\" is there twice"},
            {"text,prompt\na,b\n", "the columns \"text\" and \"prompt\" are the same field, text"},
            {"text,seed\na,1\nb,\"2\nc,3\nd,4\n", "the quotation mark in line 3, column 3 is never closed"}
        }) {
            assertThatThrownBy(() -> read("a.csv", wrong[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a.csv cannot be read as a list of prompts: " + wrong[1]);
        }
    }

    @Test
    void shouldReadJsonLinesAndBatchesOfOpenAi() throws IOException {
        List<PromptLine> lines = read("a.jsonl", """
                {"text":"a","custom_id":"one","sampling":{"topK":1}}
                "b"
                {"custom_id":"two","method":"POST","url":"/v1/images/generations","body":{"prompt":"c","n":2,"size":"256x256","model":"m"}}

                {"custom_id":"three","body":{"prompt":"d","seed":5}}
                """);

        assertThat(gist(lines))
                .containsExactly(
                        "{\"text\":\"a\",\"sampling\":{\"topK\":1}}",
                        "{\"text\":\"b\"}",
                        "{\"count\":2,\"text\":\"c\"}",
                        "blank",
                        "{\"seed\":5,\"text\":\"d\"}");
        assertThat(((Prompt) lines.get(2)).customId()).isEqualTo("two");
        assertThat(((Prompt) lines.get(2)).ignored()).containsExactly("model", "size");
    }

    @Test
    void shouldNameJsonLinesThatAreNoPrompts() throws IOException {
        List<PromptLine> lines = read("a.jsonl", """
                {"text":"a"
                {"text":"a","text":"b"}
                {"text":"a"} {"text":"b"}
                [1]
                {"text":"a","prompt":"b"}
                {"custom_id":"a","url":"/v1/chat/completions","body":{"prompt":"a"}}
                {"custom_id":"a","colour":"red","body":{"prompt":"a"}}
                {"custom_id":"a","body":"b"}
                {"custom_id":7,"text":"b"}
                {"custom_id":"\\u001b[2J","text":"b"}
                {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}
                """);

        assertThat(gist(lines))
                .containsExactly(
                        "invalid-json",
                        "invalid-json",
                        "invalid-json",
                        "invalid-json",
                        "invalid-parameter",
                        "invalid-parameter",
                        "unknown-field",
                        "invalid-json",
                        "invalid-parameter",
                        "invalid-parameter",
                        "invalid-json");
    }

    @Test
    void shouldGoByTheNameUnlessToldOtherwise() throws IOException {
        assertThat(PromptFile.of(file("a.ndjson", "{}"), null).format()).isEqualTo(PromptFormat.JSONL);
        assertThat(PromptFile.of(file("A.CSV", "text"), null).format()).isEqualTo(PromptFormat.CSV);
        assertThat(PromptFile.of(file("prompts", "{red|blue}"), null).format()).isEqualTo(PromptFormat.TXT);
        assertThat(PromptFile.of(file("b.txt", "text"), PromptFormat.CSV).format())
                .isEqualTo(PromptFormat.CSV);
    }

    @Test
    void shouldNotDrawJsonByMistake() throws IOException {
        Path file = file("prompts.txt", "{ \"text\": \"a red circle\"}\n");

        assertThatThrownBy(() -> PromptFile.of(file, null)).hasMessageContaining("say --format jsonl");
        assertThat(texts(read(file, PromptFormat.TXT))).containsExactly("{ \"text\": \"a red circle\"}");
    }

    @Test
    void shouldReadStandardInputAsOftenAsWanted() throws IOException {
        // Given
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("a\nb\n".getBytes(StandardCharsets.UTF_8)));
        try {
            // When
            PromptFile file = PromptFile.of(Path.of("-"), null);

            // Then
            for (int i = 0; i < 2; i++) {
                try (PromptReader reader = file.open()) {
                    assertThat(texts(List.of(
                                    Objects.requireNonNull(reader.next()), Objects.requireNonNull(reader.next()))))
                            .containsExactly("a", "b");
                    assertThat(reader.next()).isNull();
                }
            }
            assertThat(file.stem()).isEqualTo("prompts");
            assertThat(file.name()).isEqualTo("standard input");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        Path file = folder.resolve("nothing.csv");

        assertThatThrownBy(() -> PromptFile.of(file, null).open())
                .hasMessage(file + " cannot be read as a list of prompts: there is no such file");
    }
}
