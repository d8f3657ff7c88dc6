package org.dallemini.model;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A folder with one prepared graph. The manifest, written last, has a line for each file: size, CRC-32C or "-", name.
 * The content of large files is not checked: that would read them whole at every start, and they are synced before the
 * manifest is written.
 *
 * @param name of the graph
 */
record PreparedGraph(Path folder, String name) {
    private static final String MANIFEST = "manifest";
    private static final long CHECKED_BYTES = 16 << 20;

    Path model() {
        return folder.resolve(name + ".onnx");
    }

    /** What keeps the graph from being used; empty if it is whole. */
    Optional<String> fault() throws IOException {
        Path manifest = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(manifest)) {
            return Optional.of("it has no manifest");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(manifest);
        } catch (CharacterCodingException e) {
            return Optional.of("its manifest is not text");
        }
        for (String line : lines) {
            Path file = folder.resolve(line.substring(line.lastIndexOf(' ') + 1));
            if (!Files.isRegularFile(file)) {
                return Optional.of(file.getFileName() + " is missing");
            }
            if (!line.equals(describe(file))) {
                return Optional.of(file.getFileName() + " is not what was written");
            }
        }
        return Files.isRegularFile(model()) ? Optional.empty() : Optional.of(model().getFileName() + " is missing");
    }

    /** Makes sure that the files are on disk, then writes the manifest. */
    void seal() throws IOException {
        List<String> lines = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Disk.sync(file);
                lines.add(describe(file));
            }
        }
        Collections.sort(lines);
        Path manifest = folder.resolve(MANIFEST);
        Files.write(manifest, lines);
        Disk.sync(manifest);
        Disk.sync(folder);
    }

    private static String describe(Path file) throws IOException {
        long size = Files.size(file);
        String checksum = "-";
        if (size <= CHECKED_BYTES) {
            CRC32C crc = new CRC32C();
            crc.update(Files.readAllBytes(file));
            checksum = HexFormat.of().toHexDigits((int) crc.getValue());
        }
        return size + " " + checksum + " " + file.getFileName();
    }
}
