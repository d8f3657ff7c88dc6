package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        assertThat(InProcess.run(folder, "completion", "tcsh").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldCompleteCommandsOptionsAndFilesInFish() {
        // When
        List<String> lines =
                InProcess.run(folder, "completion", "fish").out().lines().toList();

        // Then
        assertThat(lines.get(0))
                .startsWith("set -g __dallemini_commands 'generate' ")
                .contains(" 'jobs list' ");
        assertThat(lines)
                .contains("complete -c dallemini -f")
                .contains("complete -c dallemini -n '__dallemini_at jobs' -a 'watch' -d '"
                        + "Follows a job until every image is stored or has failed, and then shows what became of it'")
                .contains("complete -c dallemini -n '__dallemini_at generate' -s n -l count -x -d 'Images per prompt'")
                .contains("complete -c dallemini -n '__dallemini_at completion' -f -a 'bash zsh fish'")
                .anyMatch(line -> line.startsWith(
                        "complete -c dallemini -n '__dallemini_at generate' -l file -r -F -d 'A file of prompts"))
                .anyMatch(line -> line.startsWith(
                        "complete -c dallemini -n '__dallemini_at generate' -s o -l out -r -f -a '(__fish_complete_"))
                .anyMatch(
                        line -> line.startsWith(
                                "complete -c dallemini -n '__dallemini_at generate' -l show -d 'Show the pictures in the terminal"));
        assertThat(lines.stream().filter(line -> line.startsWith("complete")))
                .allMatch(line ->
                        line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2 == 0);
    }

    @Test
    void shouldBeWhatFishReads() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/fish")), "fish is not installed");

        // Given
        Path script = folder.resolve("dallemini.fish");
        Files.writeString(script, InProcess.run(folder, "completion", "fish").out());

        // When
        Process fish = new ProcessBuilder("fish", "-c", "source " + script + "; complete -C 'dallemini jobs wa'")
                .redirectErrorStream(true)
                .start();

        // Then
        assertThat(new String(fish.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("watch");
    }
}
