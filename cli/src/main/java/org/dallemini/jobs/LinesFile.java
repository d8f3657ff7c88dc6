package org.dallemini.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file of JSON lines, which has its name only when it is whole. */
final class LinesFile implements AutoCloseable {
    private final Path file;
    private final Path part;
    private final OutputStream out;
    private long lines;

    LinesFile(Path folder, String name) throws IOException {
        file = folder.resolve(name);
        part = folder.resolve("." + name + ".part");
        Files.createDirectories(folder);
        out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16);
    }

    void add(ObjectNode line) {
        try {
            out.write(ManifestLine.JSON.writeValueAsBytes(line));
            out.write('\n');
            lines++;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    file + " cannot be written: " + e.getMessage()
                            + "; make room or repair the disk, and run the same command again",
                    e);
        }
    }

    long lines() {
        return lines;
    }

    /** Gives the file its name. */
    void finish() throws IOException {
        out.close();
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(part);
    }
}
