package org.dallemini.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what their names say, or no lists at all: named once, for the whole file. */
class ForeignFilesTest {
    private static final List<String> NAMES = List.of("a.txt", "a.csv", "a.tsv", "a.jsonl", "a.json", "a", "a.csv.gz");

    @TempDir
    private Path folder;

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), name.endsWith(".gz") ? gzip(bytes) : bytes);
    }

    private static String content(String name) {
        return name.contains(".json")
                ? "{\"text\":\"a red circle\"}\r\n"
                : name.contains(".csv") ? "text,seed\r\na red circle,7\r\n" : "a red circle\r\na blue star\r\n";
    }

    static Stream<Arguments> encodings() {
        return NAMES.stream().flatMap(name -> Stream.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")
                .flatMap(encoding -> Stream.of("\uFEFF", "").map(mark -> Arguments.of(name, encoding, mark))));
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void shouldNameAnotherEncodingOnce(String name, String encoding, String mark) throws IOException {
        Path file = file(name, (mark + content(name)).getBytes(Charset.forName(encoding)));

        assertThatThrownBy(() -> PromptFile.of(file, null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " cannot be read as a list of prompts: it is no UTF-8: save it in that")
                .hasMessageEndingWith("it looks like " + encoding.substring(0, 6));
    }

    static Stream<Arguments> marks() {
        return NAMES.stream().map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("marks")
    void shouldTakeAByteOrderMarkOfUtf8(String name) throws IOException {
        Path file = file(
                name.equals("a.tsv") ? "a.csv" : name,
                ("\uFEFF" + content(name.equals("a.tsv") ? "a.csv" : name)).getBytes(StandardCharsets.UTF_8));

        try (PromptReader reader = PromptFile.of(file, null).open()) {
            assertThat(reader.next()).isInstanceOfSatisfying(PromptLine.Prompt.class, line -> assertThat(
                            line.fields().get("text").textValue())
                    .isEqualTo("a red circle"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"windows-1252", "ISO-8859-1", "GBK", "Shift_JIS", "x-MacRoman"})
    void shouldNameALineOfAnotherEncodingByItsNumber(String encoding) throws IOException {
        byte[] text = (encoding.matches("GBK|Shift_JIS") ? "a\n\u7ea2\u8272\n" : "a\ncaf\u00e9 au lait\n")
                .getBytes(Charset.forName(encoding));

        try (PromptReader reader = PromptFile.of(file("a.txt", text), null).open()) {
            assertThat(reader.next()).isInstanceOf(PromptLine.Prompt.class);
            assertThat(reader.next()).isInstanceOfSatisfying(PromptLine.Bad.class, bad -> {
                assertThat(bad.number()).isEqualTo(2);
                assertThat(bad.message()).startsWith("The line is no UTF-8: save it in that encoding (in Excel");
                assertThat(bad.raw()).isNotBlank();
            });
        }
        Path header = file("a.csv", "text,label.caf\u00e9\na,b\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> PromptFile.of(header, null).open())
                .hasMessageContaining("its header cannot be read: The line is no UTF-8");
    }

    static Stream<Arguments> others() throws IOException {
        var zip = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("xl/workbook.xml"));
            out.write("<workbook/>".getBytes(StandardCharsets.UTF_8));
        }
        byte[] tar = new byte[512];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        var binary = new ByteArrayOutputStream();
        IntStream.range(0, 4096).forEach(i -> binary.write(i * 37 % 256));
        return Stream.of(
                Arguments.of(zip.toByteArray(), "a zip archive, as Excel (.xlsx)"),
                Arguments.of(bytes("d0cf11e0a1b11ae1"), "an old file of Excel"),
                Arguments.of("%PDF-1.7\n".getBytes(StandardCharsets.US_ASCII), "a PDF file"),
                Arguments.of("{\\rtf1\\ansi a red circle}".getBytes(StandardCharsets.US_ASCII), "rich text"),
                Arguments.of(bytes("89504e470d0a1a0a"), "a PNG picture"),
                Arguments.of(bytes("ffd8ffe000104a46"), "a JPEG picture"),
                Arguments.of(bytes("4749463839610100"), "a GIF picture"),
                Arguments.of(bytes("52494646000000005745425056503820"), "a WebP picture"),
                Arguments.of(bytes("fd377a585a000004"), "compressed by xz"),
                Arguments.of(bytes("28b52ffd2004"), "compressed by Zstandard"),
                Arguments.of(bytes("425a683931415926535900"), "compressed by bzip2"),
                Arguments.of(bytes("377abcaf271c0004"), "a 7z archive"),
                Arguments.of(gzip("a".getBytes(StandardCharsets.US_ASCII)), "compressed by gzip twice"),
                Arguments.of(tar, "a tar archive"),
                Arguments.of("<!DOCTYPE html>\n<html>".getBytes(StandardCharsets.US_ASCII), "a page of HTML"),
                Arguments.of(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"
                                .getBytes(StandardCharsets.US_ASCII),
                        "run 'git lfs pull'"),
                Arguments.of(binary.toByteArray(), "binary data"));
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    @ParameterizedTest
    @MethodSource("others")
    void shouldNameFilesThatAreNoText(byte[] bytes, String what) throws IOException {
        for (String name : NAMES) {
            // Within gzip, gzip is once too often; by itself it is unpacked.
            Path file = file(name, what.contains("twice") && !name.endsWith(".gz") ? gzip(bytes) : bytes);

            for (PromptFormat format : new PromptFormat[] {null, PromptFormat.TXT, PromptFormat.CSV}) {
                assertThatThrownBy(() -> PromptFile.of(file, format))
                        .as("%s as %s", name, format)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(what);
            }
        }
    }

    static Stream<Arguments> shapes() {
        String array = "it is one JSON array, not JSON lines: write an object a line, as 'jq -c \".[]\" FILE' does";
        return Stream.of(
                Arguments.of("a.json", "[{\"text\":\"a\"},{\"text\":\"b\"}]", array),
                Arguments.of("a.jsonl", "[\n  {\n    \"text\": \"a\"\n  }\n]\n", array),
                Arguments.of("a.json", "[\"a\",\"b\"]", array),
                Arguments.of("a.txt", "[\n{\"text\":\"a\"}]", array),
                Arguments.of("a.csv", "[{\"text\":\"a\"}]", array),
                Arguments.of("a.json", "{\"prompts\":[{\"text\":\"a\"}]}", "'jq -c \".prompts[]\" FILE'"),
                Arguments.of("a.json", "{\n  \"prompts\": [\n    {\"text\":\"a\"}\n]}", "'jq -c \".prompts[]\" FILE'"),
                Arguments.of("a.json", "{\n  \"text\": \"a\",\n  \"seed\": 7\n}\n", "'jq -c \".\" FILE'"),
                Arguments.of("a.json", "{\"text\": \"a\",\n\"seed\": 7}\n", "'jq -c \".\" FILE'"),
                Arguments.of("a.txt", "{\n \"text\":\"a\"}\n", "'jq -c \".\" FILE'"),
                Arguments.of("a.txt", "\n{\"text\":\"a\"}\n", "say --format jsonl, or --format txt"),
                Arguments.of("a.csv", "{\"text\":\"a\"}\n", "say --format jsonl"),
                Arguments.of("a", "text,seed\na,1\n", "the header of a CSV file: say --format csv"),
                Arguments.of("a.txt", "Prompt;Seed\na;1\n", "the header of a CSV file: say --format csv"),
                Arguments.of("a.txt", "text\tnegative prompt\na\tb\n", "the header of a CSV file: say --format csv"),
                Arguments.of("a.txt", "sep=;\ntext;seed\na;1\n", "the header of a CSV file: say --format csv"),
                Arguments.of("a.jsonl", "text,seed\na,1\n", "the header of a CSV file: say --format csv"),
                Arguments.of("a.jsonl", "a red circle\na blue star\n", "no JSON, which begins with { or \""));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldSayOnceThatTheNameLies(String name, String content, String what) throws IOException {
        Path file = file(name, content.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> PromptFile.of(file, null))
                .hasMessageStartingWith(file + " cannot be read as a list of prompts: it")
                .hasMessageContaining(what);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{red|blue} circles", "[a] circle", "a, text, of commas", "text of a song", "\"a\" circle", "#"})
    void shouldTakeTextsThatOnlyLookLikeIt(String text) throws IOException {
        try (PromptReader reader = PromptFile.of(file("a.txt", text.getBytes(StandardCharsets.UTF_8)), null)
                .open()) {
            assertThat(reader.next()).isInstanceOf(PromptLine.Prompt.class);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void shouldTakeLinesThatAreBlankOrHaveANulByte() throws IOException {
        assertThat(PromptFile.of(file("empty.txt", new byte[0]), null).open().next())
                .isNull();
        assertThat(PromptFile.of(file("nul.txt", "a\0b\n".getBytes(StandardCharsets.UTF_8)), null)
                        .open()
                        .next())
                .isInstanceOf(PromptLine.Prompt.class);
    }

    @Test
    void shouldSayWhatIsWrongWithAPathInItsOwnWords() throws IOException {
        Path torn = Files.write(folder.resolve("torn.txt"), bytes("1f8b0800000000000003"));
        Path corrupt = Files.write(folder.resolve("corrupt.txt"), bytes("1f8b0800000000000003ffffffffffffffffff"));

        for (Path file : List.of(torn, corrupt)) {
            assertThatThrownBy(() -> PromptFile.of(file, null))
                    .hasMessage(file + " cannot be read as a list of prompts: its gzip compression breaks off or is"
                            + " damaged: copy it again");
        }
    }
}
