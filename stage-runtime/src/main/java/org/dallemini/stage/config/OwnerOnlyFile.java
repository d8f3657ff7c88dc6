package org.dallemini.stage.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file with secrets. */
public final class OwnerOnlyFile {
    private OwnerOnlyFile() {}

    /**
     * Writes it anew, readable by its owner only, and in one step: who reads it meanwhile sees the old or the new, and
     * a process that is killed leaves no half of it.
     *
     * @param file in a folder that exists
     */
    public static void write(Path file, String text) throws IOException {
        Path temporary = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                "." + file.getFileName(),
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
