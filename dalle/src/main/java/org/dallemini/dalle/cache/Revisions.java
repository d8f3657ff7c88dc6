package org.dallemini.dalle.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.dallemini.dalle.model.CheckpointFiles;
import org.dallemini.dalle.model.ModelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SHA-256 of checkpoints. The hash of each file is remembered beside its path, size and time of change, so that a file
 * of 10 GB is read once and not at every start.
 */
final class Revisions {
    /** A file this young may change again within the resolution of its time stamp: its hash is not remembered. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Revisions.class);

    private final Path memory;
    private volatile boolean told;

    Revisions(Path memory) {
        this.memory = memory;
    }

    /** Hex SHA-256 over name, size and SHA-256 of each file that decides what is drawn, in the order of names. */
    String of(Path checkpointFolder) throws IOException {
        MessageDigest all = Sha256.digest();
        for (Path file : CheckpointFiles.deciding(checkpointFolder)) {
            String line = file.getFileName() + " " + size(file) + " " + hash(file) + "\n";
            all.update(line.getBytes(UTF_8));
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(file + " is missing; copy it from the published checkpoint", e);
        }
    }

    private String hash(Path file) throws IOException {
        String stamp = stamp(file);
        Path memo = memory.resolve(HexFormat.of().formatHex(Sha256.digest().digest(stamp.getBytes(UTF_8))));
        if (Files.isRegularFile(memo)) {
            String known = Files.readString(memo).strip();
            if (known.matches("[0-9a-f]{64}")) {
                return known;
            }
        }
        String hash = Sha256.hex(file);
        Instant changed = Files.getLastModifiedTime(file).toInstant();
        if (stamp(file).equals(stamp) && changed.isBefore(Instant.now().minus(SETTLED))) {
            remember(memo, hash);
        }
        return hash;
    }

    private static String stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return file.toRealPath() + "\n" + attributes.size() + "\n" + attributes.lastModifiedTime();
    }

    private void remember(Path memo, String hash) {
        try {
            Files.createDirectories(memory);
            Path whole = Files.createTempFile(memory, "hash", ".tmp");
            try {
                Files.writeString(whole, hash + "\n");
                Files.move(whole, memo, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(whole);
            }
        } catch (IOException e) {
            // A full disk, or one that is read only, keeps nobody from using what is prepared.
            if (!told) {
                told = true;
                log.warn(
                        "Cannot remember in {} what checkpoints hold ({}); they are read each time",
                        memory,
                        e.toString());
            }
        }
    }
}
