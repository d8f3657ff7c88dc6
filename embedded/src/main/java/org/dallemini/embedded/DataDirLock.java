package org.dallemini.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a data directory to one broker. Kafka opens its metadata log before it looks at a lock of its own, so a second
 * start on a live directory would damage the log. The operating system frees the lock when the process dies, however it
 * dies.
 */
final class DataDirLock implements AutoCloseable {
    private static final String FILE = "embedded.lock";

    /** A byte that nobody writes: where locks are mandatory the pid in front of it stays readable. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    /**
     * Directories held by this process. File locks belong to the process, and POSIX drops them when the process closes
     * any channel on the file, so a directory that is held here must not be opened again.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path dataDir;
    private final FileChannel channel;

    private DataDirLock(Path dataDir, FileChannel channel) {
        this.dataDir = dataDir;
        this.channel = channel;
    }

    /** @throws DataDirInUseException if the directory is held, by whichever process */
    static DataDirLock acquire(Path dataDir) throws IOException {
        Path dir = Files.createDirectories(dataDir).toRealPath();
        if (!HELD.add(dir)) {
            throw new DataDirInUseException(
                    dataDir, OptionalLong.of(ProcessHandle.current().pid()));
        }
        FileChannel channel = null;
        try {
            Path file = dir.resolve(FILE);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
                throw new DataDirInUseException(dataDir, readPid(file));
            }
            writePid(channel);
            return new DataDirLock(dir, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(dir);
            throw e;
        }
    }

    private static void writePid(FileChannel channel) throws IOException {
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid), 0);
    }

    private static OptionalLong readPid(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(dataDir);
        }
    }
}
