package org.dallemini.dalle.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
 * A folder with one prepared graph. The manifest, written last, has a line for each file: size, CRC-32C, name. All of
 * it is checked at every start: weights in which a bit has flipped would draw other images, and nobody would know. It
 * takes about 0.4 s for a gigabyte that the system has in memory, where opening the graph then finds it too.
 *
 * @param name of the graph
 */
record PreparedGraph(Path folder, String name) {
    private static final String MANIFEST = "manifest";
    private static final int BUFFER_BYTES = 1 << 20;

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
            if (line.contains(" - ")) {
                return Optional.of("an older version wrote it, without a checksum of " + file.getFileName());
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
        CRC32C crc = new CRC32C();
        long size = 0;
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                size += buffer.remaining();
                crc.update(buffer);
                buffer.clear();
            }
        }
        return size + " " + HexFormat.of().toHexDigits((int) crc.getValue()) + " " + file.getFileName();
    }
}
