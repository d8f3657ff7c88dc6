package org.dallemini.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dallemini.events.PromptRequest;
import org.dallemini.lists.PromptFile;
import org.dallemini.lists.PromptMatrix;
import org.dallemini.lists.Seeds;
import org.dallemini.prompt.PromptLimits;
import org.dallemini.prompt.PromptValidator;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionsTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    private final GenerateReport report =
            new GenerateReport(GenerateReport.Format.TEXT, stream, stream, false, Optional.empty());

    @TempDir
    private Path folder;

    @BeforeAll
    static void trust() {
        TrustedEvents.allow();
    }

    private Submissions submissions(boolean expand, boolean literal) {
        return new Submissions(
                PromptRequest.newBuilder().setText("").build(),
                null,
                new PromptValidator(PromptLimits.DEFAULT),
                new PromptMatrix(expand, Seeds.NONE, 10, null, literal),
                report);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<RequestedPrompt> submissions) {
        return submissions.stream()
                .map(submission -> submission.request().getText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a (red:1.3) circle",
                "a {2$$red|blue} circle",
                "a __colour__ circle",
                "--prompt \"a red circle\" --seed 7",
                "a circle --ar 16:9"
            })
    void shouldRefuseOtherSyntaxOnTheCommandLine(String text) {
        assertThat(submissions(false, false).ofTexts(List.of(text, "a ring"))).hasSize(1);
        assertThat(said())
                .startsWith("refused: unsupported-syntax: text holds \"")
                .contains("--literal draws");
        assertThat(report.allWell()).isFalse();
        assertThat(texts(submissions(false, true).ofTexts(List.of(text)))).containsExactly(text);
    }

    @Test
    void shouldRemarkOnTheCommandLineWhatMayBeMeant() {
        assertThat(submissions(false, false).ofTexts(List.of("a {red|blue} circle", "a cat (black)")))
                .hasSize(2);
        assertThat(said())
                .isEqualTo("1 prompt holds braces, which are drawn as they stand: --expand takes {a|b} for"
                        + " alternatives" + System.lineSeparator());
        assertThat(report.allWell()).isTrue();
    }

    @Test
    void shouldTellOfEachReasonOnceAndOfWhatIsLeftOut() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), """
                --prompt "a red circle" --seed 7 --steps 20
                a (red:1.3) circle
                a (red:1.3) star
                a ring
                """);

        assertThat(texts(submissions(false, false).ofFile(PromptFile.of(file, null), "")))
                .containsExactly("a red circle", "a ring");
        assertThat(said().lines()).hasSize(2);
        assertThat(said())
                .startsWith("line 2 refused: unsupported-syntax: ")
                .contains("[so is line 3]", "Fields that mean nothing here were left out: --steps");
        assertThat(report.summaryLine(1)).contains("2 prompts refused");
    }

    @Test
    void shouldSayThatAFileHasNoPrompt() throws IOException {
        Path file = Files.writeString(folder.resolve("empty.txt"), "");

        assertThat(submissions(false, false).ofFile(PromptFile.of(file, null), ""))
                .isEmpty();
        assertThat(said()).contains("there is no prompt in " + file);
        assertThat(report.allWell()).isFalse();
    }
}
