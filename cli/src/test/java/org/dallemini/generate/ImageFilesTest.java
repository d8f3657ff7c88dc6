package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.dallemini.dalle.testing.SmallDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
    @TempDir
    Path folder;

    @Test
    void shouldKeepTheLettersOfThePrompt() throws IOException {
        // Given
        assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
        var files = new ImageFiles(folder);

        // When, Then
        assertThat(files.write("", "红色圆圈", 0, 7, ".png", new byte[1])).hasFileName("红色圆圈-0.png");
        assertThat(files.write("00001-", "दिल ".repeat(100), 63, Long.MIN_VALUE, ".png", new byte[2]))
                .exists();
        assertThat(files.write("", "con", 0, 7, ".png", new byte[3]))
                .describedAs("a device of Windows without the index")
                .hasFileName("con-0.png");
    }

    @Test
    void shouldLeaveNoHalfPictureOnAFullDisk() throws Exception {
        // Given
        SmallDisk.on(folder, 64 << 10, disk -> {
            Path ballast = Files.write(disk.resolve("ballast"), new byte[48 << 10]);
            var files = new ImageFiles(disk.resolve("pictures"));
            byte[] picture = new byte[32 << 10];

            // When, Then
            assertThatThrownBy(() -> files.write("", "a star", 0, 7, ".png", picture))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a-star-0.png cannot be written")
                    .hasMessageContaining("No space left");
            assertThat(disk.resolve("pictures")).isEmptyDirectory();

            // When
            Files.delete(ballast);

            // Then
            assertThat(files.write("", "a star", 0, 7, ".png", picture)).hasBinaryContent(picture);
        });
    }

    @Test
    void shouldNeverReplaceAPictureByAnother() throws IOException {
        // Given
        var files = new ImageFiles(folder);
        byte[] first = {1};
        byte[] second = {2};

        // When
        Path one = files.write("", "a star", 0, 7, ".png", first);
        Path again = files.write("", "a star", 0, 7, ".png", first);
        Path other = files.write("", "a star", 0, 8, ".png", second);

        // Then
        assertThat(again).isEqualTo(one).hasBinaryContent(first);
        assertThat(other).isNotEqualTo(one).hasFileName("a-star-0-seed8.png").hasBinaryContent(second);

        // When: another text that has the same name, and the seed of the first
        byte[] third = {3};
        Path third1 = files.write("", "A star?", 0, 8, ".png", third);
        Path third2 = files.write("", "A star?", 0, 8, ".png", third);

        // Then
        assertThat(third1).isEqualTo(third2).hasFileName("a-star-0-seed8-2.png").hasBinaryContent(third);
        assertThat(other).hasBinaryContent(second);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).hasSize(3);
        }
    }
}
