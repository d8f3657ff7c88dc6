package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dallemini.model.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "A red circle!, a-red-circle",
        "../../etc/passwd, etc-passwd",
        "Café Ångström, cafe-angstrom",
        "'', image",
        "日本, image",
    })
    void shouldMakeAFileNameOfAnyText(String text, String slug) {
        assertThat(ImageFiles.slug(text)).isEqualTo(slug);
    }

    @Test
    void shouldKeepNamesShort() {
        assertThat(ImageFiles.slug("word ".repeat(2000)))
                .hasSizeLessThanOrEqualTo(60)
                .doesNotEndWith("-");
    }

    @Test
    void shouldLeaveNoHalfPictureOnAFullDisk() throws Exception {
        // Given
        SmallDisk.on(folder, 64 << 10, disk -> {
            Path ballast = Files.write(disk.resolve("ballast"), new byte[48 << 10]);
            var files = new ImageFiles(disk.resolve("pictures"));
            byte[] picture = new byte[32 << 10];

            // When, Then
            assertThatThrownBy(() -> files.write("", "a star", 0, 7, picture))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a-star-0.png cannot be written")
                    .hasMessageContaining("No space left");
            assertThat(disk.resolve("pictures")).isEmptyDirectory();

            // When
            Files.delete(ballast);

            // Then
            assertThat(files.write("", "a star", 0, 7, picture)).hasBinaryContent(picture);
        });
    }

    @Test
    void shouldNeverReplaceAPictureByAnother() throws IOException {
        // Given
        var files = new ImageFiles(folder);
        byte[] first = {1};
        byte[] second = {2};

        // When
        Path one = files.write("", "a star", 0, 7, first);
        Path again = files.write("", "a star", 0, 7, first);
        Path other = files.write("", "a star", 0, 8, second);

        // Then
        assertThat(again).isEqualTo(one).hasBinaryContent(first);
        assertThat(other).isNotEqualTo(one).hasFileName("a-star-0-seed8.png").hasBinaryContent(second);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).hasSize(2);
        }
    }
}
