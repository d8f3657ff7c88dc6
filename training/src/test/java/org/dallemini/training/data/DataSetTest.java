package org.dallemini.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {
    private static final byte[] PICTURE = {1, 2, 3};

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final Problems skipping = new Problems(true, new PrintStream(told, true, StandardCharsets.UTF_8));
    private final Problems strict = new Problems(false, System.err);

    @Test
    void shouldReadAFolderWithJsonLines() throws IOException {
        Files.write(folder.resolve("a.png"), PICTURE);
        Files.writeString(folder.resolve("captions.jsonl"), """
                {"file": "a.png", "caption": "an apple"}

                {"file": "b.png", "captions": ["a pear", "green pear"], "split": "validation"}
                {"file": "c.png", "title": "Plum", "description": "on a table"}
                """);

        try (DataSet set = DataSet.open(List.of(folder), strict)) {
            assertThat(set.items())
                    .extracting(Item::captions)
                    .containsExactly(List.of("an apple"), List.of("a pear", "green pear"), List.of("Plum. on a table"));
            assertThat(set.items()).extracting(Item::split).containsExactly("", "validation", "");
            assertThat(set.items().get(0).content().read()).isEqualTo(PICTURE);
        }
    }

    @Test
    void shouldReadAFolderWithCsv() throws IOException {
        Files.write(folder.resolve("a.png"), PICTURE);
        Files.writeString(folder.resolve("captions.csv"), "caption,file\n\"an apple, red\",a.png\n");

        try (DataSet set = DataSet.open(List.of(folder), strict)) {
            assertThat(set.items()).singleElement().satisfies(item -> {
                assertThat(item.captions()).containsExactly("an apple, red");
                assertThat(item.content().read()).isEqualTo(PICTURE);
            });
        }
    }

    @Test
    void shouldReadTarShardsInTheOrderOfTheirNames() throws IOException {
        shard("1.tar", "b.png", "two", "b.txt", "a pear\n");
        shard("0.tar", "x/a.png", "one", "x/a.json", "{\"caption\": \"an apple\"}");

        try (DataSet set = DataSet.open(List.of(folder), strict)) {
            assertThat(set.items()).extracting(Item::key).containsExactly("x/a", "b");
            assertThat(set.items()).extracting(Item::captions).containsExactly(List.of("an apple"), List.of("a pear"));
            assertThat(set.items().get(1).content().read())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("two");
        }
    }

    @Test
    void shouldTellCountAndSkipWhatCannotBeUsed() throws IOException {
        shard("0.tar", "a.png", "one", "a.json", "{\"caption\": \"an apple\"}", "b.png", "no caption", "c.json", "{}");
        Files.writeString(
                folder.resolve("1.tar"), "this is no tar file, but it is long enough to be looked at".repeat(20));

        try (DataSet set = DataSet.open(List.of(folder), skipping)) {
            assertThat(set.items()).hasSize(1);
            assertThat(skipping.count()).isEqualTo(3);
            assertThat(told.toString(StandardCharsets.UTF_8))
                    .contains("b has no caption", "c has no picture", "1.tar is no tar file");
        }
    }

    @Test
    void shouldEndAtDamageUnlessItIsToBeSkipped() throws IOException {
        Files.writeString(folder.resolve("captions.jsonl"), "{\"file\": \"a.png\", \n");

        assertThatThrownBy(() -> DataSet.open(List.of(folder), strict))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("captions.jsonl, line 1", "--skip-damaged");
    }

    @Test
    void shouldSayWhatADataSetIs() {
        assertThatThrownBy(() -> DataSet.open(List.of(folder), strict))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("captions.jsonl", "captions.csv", "tar shards");
    }

    private void shard(String name, String... namesAndContents) throws IOException {
        try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                TarArchiveOutputStream tar = new TarArchiveOutputStream(file)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(namesAndContents[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
    }
}
