package org.dallemini.dalle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("config.json");
    }

    @Test
    void shouldNameGitLfsAndTheSizeThatItsPointerSays() throws IOException {
        Files.writeString(file, """
                version https://git-lfs.github.com/spec/v1
                oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
                size 1751335022
                """);
        refuses(
                "pointer that git-lfs puts in place of a file of 1751335022 bytes; install git-lfs and run \"git lfs pull\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><html>",
                "\n  <html lang=\"en\">",
                "\uFEFF<!doctype html>",
                "<?xml version=\"1.0\"?><Error><Code>NoSuchKey",
                "<Error><Code>AccessDenied</Code></Error>"
            })
    void shouldTellWebPagesAndErrors(String page) throws IOException {
        Files.writeString(file, page);
        refuses("is a web page or a server's error saved under this name; fetch the file itself");
    }

    @Test
    void shouldTellArchives() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, out.toByteArray());
        refuses("is compressed (gzip); unpack it");
        Files.writeString(file, "PK\u0003\u0004 and so on");
        refuses("is compressed (ZIP); unpack it");
    }

    @Test
    void shouldTellWhatIsNoFile() throws IOException {
        refuses("is missing; copy it");
        Files.createDirectory(file);
        refuses("is a folder, not a file");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("../../blobs/4d7a"));
        refuses("is a link to ../../blobs/4d7a, which is not there; copy it");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("config.json"));
        refuses("is a link that leads nowhere");
        Files.delete(file);
        Files.createFile(file);
        refuses("is empty; copy it");
    }

    @Test
    void shouldTellWhoMayNotReadIt() throws IOException {
        Files.writeString(file, "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read everything");
        refuses("may not be read by the user " + System.getProperty("user.name"));
    }

    @Test
    void shouldFollowLinks() throws IOException {
        Files.writeString(folder.resolve("blob"), "{\"a\": 1}");
        Files.createSymbolicLink(file, Path.of("blob"));
        assertThat(ModelFile.json(file).path("a").asInt()).isEqualTo(1);
    }

    @Test
    void shouldSkipAByteOrderMark() throws IOException {
        Files.writeString(file, "\uFEFF{\"a\": 1}");
        assertThat(ModelFile.json(file).path("a").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\": 1, \"b\": {\"c\": [2, | is cut off: its JSON has no end (line 1, column 24)",
                "{\"a\": \"x | is cut off: its JSON has no end",
                "{\"a\": 1} {} | goes on after its JSON object",
                "{\"a\": 1, \"a\": 2} | has the key 'a' twice",
                "{a: 1} | is not JSON (line 1, column",
                "[1] | is not a JSON object but array",
                "3 | is not a JSON object but number",
                "null | is not a JSON object but null",
                "not found | is not JSON",
            })
    void shouldSayWhatIsWrongWithJson(String json, String message) throws IOException {
        Files.writeString(file, json);
        assertThatThrownBy(() -> ModelFile.json(file))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + " " + message)
                .hasMessageEndingWith("; copy it from the published checkpoint")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("Source", "REDACTED", "Feature", "Token"));
    }

    @Test
    void shouldLetOtherFilesPass() {
        for (String content : new String[] {"<s> 1\n", "version 2\n", "{}", "P", "the 1061396\n"}) {
            assertThatCode(() -> {
                        Files.writeString(file, content);
                        ModelFile.require(file);
                    })
                    .doesNotThrowAnyException();
        }
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> ModelFile.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + " " + message.replaceFirst("^pointer", "is the pointer"));
    }
}
