package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.util.ClassSecurityValidator;
import org.dallemini.events.PromptRequest;
import org.dallemini.serde.TrustedEvents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That bytes from outside never choose which classes are made of them, nor are run as code. */
class NoDeserialisationTest {
    /** Names of the JDK and of libraries that build any class that their input names, or run it. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "ObjectInputStream|\\breadObject\\b|readUnshared|XMLDecoder|snakeyaml|DefaultTyping|JsonTypeInfo"
                    + "|ScriptEngine|InitialContext|GroovyShell|XStream|Kryo");

    @TempDir
    Path folder;

    @Test
    void shouldUseNothingThatBuildsTheClassesThatItsInputNames() throws IOException {
        // Given
        List<Path> sources;
        try (Stream<Path> files = Files.find(
                InProcess.ROOT,
                20,
                (path, attributes) -> path.toString().endsWith(".java")
                        && path.toString().contains("/src/main/java/")
                        && !path.toString().contains("/target/"))) {
            sources = files.toList();
        }
        assertThat(sources).describedAs("sources that were looked at").hasSizeGreaterThan(200);

        // When
        var found = new ArrayList<String>();
        for (Path source : sources) {
            for (String line : Files.readAllLines(source)) {
                if (FORBIDDEN.matcher(line).find()) {
                    found.add(source.getFileName() + ": " + line.trim());
                }
            }
        }

        // Then
        assertThat(found).isEmpty();
    }

    @Test
    void shouldLetAvroMakeOurEventsAndNoOtherClasses() {
        TrustedEvents.allow();
        ClassSecurityValidator.validate(PromptRequest.class);
        assertThatExceptionOfType(SecurityException.class)
                .isThrownBy(() -> ClassSecurityValidator.validate(InProcess.class));
    }

    /** With the launcher's own option, in a JVM of its own: the filter is for the whole process. */
    @Test
    void shouldRefuseSerialisedObjectsInTheWholeProcess() throws Exception {
        // Given
        String launcher = Files.readString(InProcess.ROOT.resolve("dallemini"));
        assertThat(launcher).contains("'-Djdk.serialFilter=!*'");
        Path source = Files.writeString(folder.resolve("Probe.java"), """
                import java.io.*;
                class Probe {
                    public static void main(String[] args) throws Exception {
                        var bytes = new ByteArrayOutputStream();
                        new ObjectOutputStream(bytes).writeObject(new java.util.ArrayList<>());
                        try {
                            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
                            System.out.print("read");
                        } catch (InvalidClassException e) {
                            System.out.print("refused");
                        }
                    }
                }
                """);

        // When
        Process probe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.serialFilter=!*",
                        source.toString())
                .start();

        // Then
        try (InputStream out = probe.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("refused");
        }
    }
}
