package org.dallemini.dalle.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeEnvironmentTest {
    @TempDir
    Path folder;

    /** Opens an environment as a program of its own. */
    public static final class Program {
        public static void main(String[] args) {
            System.out.println(new Sessions(1).environment().getVersion());
        }
    }

    @Test
    void shouldStartHoweverLongTheCommandLineIs() throws Exception {
        // Given: 100,000 characters; 4,000 used to kill the process
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path output = folder.resolve("output");
        ProcessBuilder program =
                new ProcessBuilder(List.of(java, "-Dpadding=" + "x".repeat(100_000), Program.class.getName()));
        // By way of the environment: the class path of a test may lie in a jar's manifest only.
        program.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        program.redirectErrorStream(true).redirectOutput(output.toFile());

        // When
        Process process = program.start();

        // Then
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
}
