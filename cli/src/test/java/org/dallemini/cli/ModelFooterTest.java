package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFooterTest {
    @TempDir
    private Path data;

    /** The shipped model is the one that draws unless somebody says otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"help", "--help"})
    void shouldSayOfTheModelWhatItsCardSays(String asked) {
        // When
        InProcess help = InProcess.run(data, asked);

        // Then
        String words = help.out().replaceAll("\\s+", " ");
        assertThat(help.exitCode()).isZero();
        assertThat(words)
                .contains("To begin: dallemini generate")
                .contains("The model that draws is shapes. It draws simple coloured shapes on a plain background")
                .doesNotContain("internet", "people");
    }

    @Test
    void shouldSayNothingOfItInTheHelpOfACommand() {
        assertThat(InProcess.run(data, "help", "generate").out()).doesNotContain("The model that draws is");
    }
}
