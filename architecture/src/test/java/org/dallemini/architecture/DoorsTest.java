package org.dallemini.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each door that a prompt or a picture could pass by has a test that keeps it shut: docs/responsible-use.md. */
class DoorsTest {
    private static final Path ROOT = Path.of(System.getProperty("dallemini.root"));
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(should\\w+)` \\|");

    /** As many as there are doors: who takes a row away has to say so here. */
    private static final int DOORS = 16;

    @Test
    void shouldKeepATestForEachDoor() throws IOException {
        // Given
        String page = Files.readString(ROOT.resolve("docs/responsible-use.md"));
        List<MatchResult> tests = TEST.matcher(page).results().toList();

        // Then
        assertThat(tests).hasSize(DOORS).allSatisfy(test -> assertThat(source(test.group(1)))
                .as(test.group())
                .containsPattern("(?m)^ +@Test\\s+void " + test.group(2) + "\\(")
                .doesNotContain("@Disabled"));
    }

    private static String source(String testClass) throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            Path file = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .flatMap(tests -> files(tests, testClass + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no test " + testClass));
            return Files.readString(file);
        }
    }

    private static Stream<Path> files(Path folder, String name) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith(name)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
