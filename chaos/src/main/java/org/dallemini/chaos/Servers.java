package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dallemini.stack.StackFile;

/**
 * Broker, schema registry and object store of the embedded stack in a process of their own ({@code up --servers-only}),
 * which can be killed and started again on the same data and the same ports.
 */
final class Servers implements AutoCloseable {
    private static final Duration STARTING = Duration.ofMinutes(5);
    private static final long POLL_MILLIS = 100;

    private final Path folder;
    private final int kafkaPort = FreePort.find();
    private final int registryPort = FreePort.find();
    private final int s3Port = FreePort.find();
    private Program process;

    private Servers(Path folder) throws IOException {
        this.folder = folder;
        this.process = launch();
    }

    /** Starts them and returns when they answer. */
    static Servers start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var servers = new Servers(folder);
        servers.awaitStarted();
        return servers;
    }

    private Program launch() throws IOException {
        return Program.start(
                "servers",
                folder,
                folder.resolve("servers.log"),
                List.of("-Xmx1g"),
                List.of(
                        "up",
                        "--servers-only",
                        "--data-dir",
                        data().toString(),
                        "--kafka-port",
                        Integer.toString(kafkaPort),
                        "--registry-port",
                        Integer.toString(registryPort),
                        "--s3-port",
                        Integer.toString(s3Port),
                        "--management-port",
                        "0"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void awaitStarted() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (StackFile.read(data()).isEmpty()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IOException("The servers did not start: " + process);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Addresses and credentials. */
    Map<String, String> settings() throws IOException {
        return StackFile.read(data()).orElseThrow();
    }

    /** Kills the process with all three servers in it, and starts it again on the same data. */
    void killAndRestart() throws IOException, InterruptedException {
        process.kill();
        Files.deleteIfExists(StackFile.of(data())); // it describes the process that has ended
        process = launch();
        awaitStarted();
    }

    @Override
    public void close() {
        process.close();
    }
}
