package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
    @TempDir
    private Path folder;

    /** What bash offers for the last of some words. */
    private static String complete(Path script, String... words) throws IOException, InterruptedException {
        String line = String.join(" ", words);
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_LINE='" + line + "'; COMP_WORDS=(" + line + "); COMP_CWORD="
                                + (words.length - 1) + "; _complete_dallemini; echo \"${COMPREPLY[@]}\"")
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt complains where no key was pressed
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.strip();
    }

    @Test
    void shouldCompleteCommandsAndOptionsInBash() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is not installed");

        // Given
        InProcess printed = InProcess.run(folder, "completion", "bash");
        assertThat(printed.exitCode()).as(printed.err()).isZero();
        Path script = Files.writeString(folder.resolve("completion"), printed.out());

        // Then
        assertThat(complete(script, "dallemini", "sub")).isEqualTo("submit");
        assertThat(complete(script, "dallemini", "jobs", "wa")).isEqualTo("watch");
        assertThat(complete(script, "dallemini", "submit", "--max")).isEqualTo("--max-expansion");
    }

    @Test
    void shouldServeZshToo() {
        assertThat(InProcess.run(folder, "completion", "zsh").out()).contains("bashcompinit");
        assertThat(InProcess.run(folder, "completion", "fish").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
