package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.ingest.model.ModelCard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelNoticeTest {
    @TempDir
    private Path data;

    @TempDir
    private Path model;

    private String show(String card) throws IOException {
        Files.writeString(model.resolve(ModelCard.FILE), card);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ModelNotice.showOnce(model, data.resolve("new"), new PrintStream(err, true, StandardCharsets.UTF_8));
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellTheLimitsOfAModelOnce() throws IOException {
        String card = "{\"name\": \"m\", \"limits\": [\"It draws dots.\"], \"biases\": [\"Red ones.\"]}";

        assertThat(show(card)).isEqualTo("First use of m. It draws dots. Red ones." + System.lineSeparator());
        assertThat(show(card)).isEmpty();
    }

    @Test
    void shouldTellThemAgainWhenTheyChange() throws IOException {
        show("{\"name\": \"m\", \"limits\": [\"It draws dots.\"]}");

        assertThat(show("{\"name\": \"m\", \"limits\": [\"It draws lines.\"]}")).contains("It draws lines.");
        assertThat(show("{\"name\": \"n\", \"limits\": [\"It draws lines.\"]}")).contains("First use of n");
    }

    @Test
    void shouldSayNothingOfAModelWithoutLimits() throws IOException {
        assertThat(show("{\"name\": \"m\"}")).isEmpty();
        assertThat(show("no card")).isEmpty();
    }
}
