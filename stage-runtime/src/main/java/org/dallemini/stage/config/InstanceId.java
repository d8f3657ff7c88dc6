package org.dallemini.stage.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The name of this process among those of its consumer group, held while the stage lives.
 *
 * <p>Without a configured name it must be the same after a restart, or a killed process's partitions stay idle until
 * its session has timed out; and no two live processes may ever have the same. A host name and a port promise neither
 * (containers, several addresses). So: the names are random and lie in small files, and a process takes the first file
 * that it can lock. The operating system frees the lock however the process ends.
 */
public final class InstanceId implements AutoCloseable {
    private static final int MAX_PROCESSES = 1000;

    /**
     * The files that this process holds. Static since the operating system's locks belong to the process too: were a
     * held file opened and closed once more, its lock would be gone.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** @param file an absolute path */
    private record Hold(Path file, FileChannel channel) {}

    private final String value;
    private final @Nullable Hold hold;

    private InstanceId(String value, @Nullable Hold hold) {
        this.value = value;
        this.hold = hold;
    }

    /** @throws ConfigException if no name is configured and the folder for them cannot be used */
    public static InstanceId acquire(StageConfig config, String stage) {
        String configured = config.getString(StageConfig.INSTANCE_ID);
        if (!configured.isEmpty()) {
            return new InstanceId(configured, null);
        }
        String folder = config.getString(StageConfig.INSTANCE_DIR);
        Path names = folder.isEmpty()
                ? Path.of(System.getProperty("java.io.tmpdir"), "dallemini-" + System.getProperty("user.name"))
                : Path.of(folder);
        try {
            names = Files.createDirectories(names).toRealPath();
            for (int i = 0; i < MAX_PROCESSES; i++) {
                InstanceId id = lock(names.resolve(config.groupId(stage) + "-" + i + ".id"));
                if (id != null) {
                    return id;
                }
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "Cannot keep this process's name in " + names + " (" + e + "): set instance.dir to a "
                            + "folder that can be written to, or instance.id to a name of its own for each process");
        }
        throw new ConfigException(MAX_PROCESSES + " processes of " + stage + " hold names in " + names
                + ": set instance.dir or instance.id");
    }

    private static @Nullable InstanceId lock(Path file) throws IOException {
        if (!HELD.add(file)) {
            return null;
        }
        FileChannel channel = null;
        InstanceId id = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                id = new InstanceId(readOrDraw(channel), new Hold(file, channel));
            }
            return id;
        } finally {
            if (id == null) {
                if (channel != null) {
                    channel.close();
                }
                HELD.remove(file);
            }
        }
    }

    private static String readOrDraw(FileChannel channel) throws IOException {
        var content = ByteBuffer.allocate(256);
        while (channel.read(content) > 0) {}
        String known = StandardCharsets.UTF_8.decode(content.flip()).toString().trim();
        if (known.matches("[A-Za-z0-9._-]{8,}")) {
            return known;
        }
        String drawn = hostName() + "-" + UUID.randomUUID().toString().substring(0, 8);
        channel.truncate(0);
        channel.write(StandardCharsets.UTF_8.encode(drawn + "\n"), 0);
        return drawn;
    }

    /** Only so that people see where a process runs; nothing relies on it. */
    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("\\..*", "");
            String plain = name.replaceAll("[^A-Za-z0-9-]", "-").toLowerCase(Locale.ROOT);
            return plain.isEmpty() ? "host" : plain;
        } catch (UnknownHostException e) {
            return "host";
        }
    }

    public String value() {
        return value;
    }

    /** Lets another process take the name; called when nothing of this one is left at the broker. */
    @Override
    public void close() {
        if (hold != null && HELD.contains(hold.file)) {
            try {
                hold.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                HELD.remove(hold.file);
            }
        }
    }
}
