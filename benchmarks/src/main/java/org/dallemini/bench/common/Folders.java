package org.dallemini.bench.common;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a measurement has for itself. */
public final class Folders {
    private Folders() {}

    /** A new one, within what the build makes. */
    public static Path make(String prefix) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(ProgramFolder.target()), prefix);
    }

    /** With all that is in it. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
