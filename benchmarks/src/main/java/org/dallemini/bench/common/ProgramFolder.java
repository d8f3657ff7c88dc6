package org.dallemini.bench.common;

import java.nio.file.Path;

/** Where this program lies. */
public final class ProgramFolder {
    private ProgramFolder() {}

    /** The source tree. */
    public static Path program() {
        return Path.of(System.getProperty("dallemini.home", ""))
                .toAbsolutePath()
                .normalize();
    }

    /** For what the benchmarks make. */
    public static Path target() {
        return program().resolve("benchmarks/target");
    }
}
