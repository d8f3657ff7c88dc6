package org.dallemini.dalle.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.dallemini.dalle.model.ModelException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionsTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));

    @TempDir
    Path temp;

    private Path folder;
    private Path memory;
    private Revisions revisions;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        folder = Files.createDirectory(temp.resolve("checkpoint"));
        memory = temp.resolve("hashes");
        revisions = new Revisions(memory);
        write("config.json", "{}");
        write("flax_model.msgpack", "weights");
        write("tokenizer.json", "{}");
    }

    @Test
    void shouldChangeWithEveryFileThatDecidesWhatIsDrawn() throws IOException {
        for (String name : new String[] {"config.json", "flax_model.msgpack", "tokenizer.json", "merges.txt"}) {
            // Given
            String before = revisions.of(folder);

            // When
            write(name, "other, for " + name);

            // Then
            assertThat(revisions.of(folder)).matches("[0-9a-f]{64}").isNotEqualTo(before);
        }
    }

    @Test
    void shouldNotChangeWithOtherFilesNorWithTheFoldersPlace() throws IOException {
        // Given
        String before = revisions.of(folder);

        // When
        write("README.md", "about");
        write("generation_config.json", "{}");
        Path elsewhere = Files.move(folder, temp.resolve("elsewhere"));

        // Then
        assertThat(revisions.of(elsewhere)).isEqualTo(before);
    }

    @Test
    void shouldReadAFileOnce() throws IOException {
        // Given: a memory that says otherwise than the files
        revisions.of(folder);
        assertThat(memories()).isEqualTo(3);
        String before = revisions.of(folder);
        try (Stream<Path> files = Files.list(memory)) {
            for (Path file : files.toList()) {
                Files.writeString(file, "0".repeat(64));
            }
        }

        // When / Then: it is believed
        assertThat(revisions.of(folder)).isNotEqualTo(before);

        // When / Then: not when it is damaged
        try (Stream<Path> files = Files.list(memory)) {
            for (Path file : files.toList()) {
                Files.writeString(file, "damaged");
            }
        }
        assertThat(revisions.of(folder)).isEqualTo(before);
    }

    @Test
    void shouldNotRememberAFileThatMayStillChange() throws IOException {
        // Given
        Files.setLastModifiedTime(folder.resolve("config.json"), FileTime.from(Instant.now()));

        // When
        revisions.of(folder);

        // Then
        assertThat(memories()).isEqualTo(2);
    }

    @Test
    void shouldCountEveryShard() throws IOException {
        // Given
        Files.delete(folder.resolve("flax_model.msgpack"));
        write("flax_model.msgpack.index.json", "{\"weight_map\": {\"a/b\": \"one.msgpack\", \"c\": \"two.msgpack\"}}");
        write("one.msgpack", "1");
        write("two.msgpack", "2");
        String before = revisions.of(folder);

        // When
        write("two.msgpack", "two");

        // Then
        assertThat(revisions.of(folder)).isNotEqualTo(before);

        // When / Then
        Files.delete(folder.resolve("two.msgpack"));
        assertThatThrownBy(() -> revisions.of(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("two.msgpack is missing");
    }

    @Test
    void shouldRefuseAnIndexThatLeavesTheFolder() throws IOException {
        for (String name : new String[] {"../secret", "/etc/passwd", "..", "a/b", ""}) {
            // Given
            Files.deleteIfExists(folder.resolve("flax_model.msgpack"));
            write("flax_model.msgpack.index.json", "{\"weight_map\": {\"a\": \"" + name + "\"}}");

            // When / Then
            assertThatThrownBy(() -> revisions.of(folder))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("not the name of a file in this folder");
        }
    }

    private long memories() throws IOException {
        try (Stream<Path> files = Files.list(memory)) {
            return files.count();
        }
    }

    private void write(String name, String content) throws IOException {
        Files.setLastModifiedTime(Files.writeString(folder.resolve(name), content), LONG_AGO);
    }
}
