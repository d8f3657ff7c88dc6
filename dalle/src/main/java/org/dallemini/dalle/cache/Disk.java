package org.dallemini.dalle.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the JDK's file classes lack. */
public final class Disk {
    private static final Logger log = LoggerFactory.getLogger(Disk.class);
    private static final long POLL_MILLIS = 100;

    private Disk() {}

    /**
     * Waits until no other process and no other thread of this one holds the lock. (FileChannel.lock() waits for
     * processes only and throws when a thread of this one holds it.)
     *
     * @param subject what is being waited for, for the log
     */
    static FileLock lock(FileChannel file, Path subject) throws IOException {
        for (boolean told = false; ; told = true) {
            FileLock lock = tryLock(file);
            if (lock != null) {
                return lock;
            }
            if (!told) {
                log.info("Waiting for another to prepare {}", subject);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for " + subject);
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Forces a file, or the entries of a folder, to disk. */
    public static void sync(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        try (FileChannel channel =
                FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            if (!folder) { // not every system can sync a folder
                throw e;
            }
        }
    }

    /** Deletes a folder with all it holds, or nothing if there is none. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
