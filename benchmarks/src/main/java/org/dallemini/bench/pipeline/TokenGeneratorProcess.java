package org.dallemini.bench.pipeline;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dallemini.bench.ChildJvm;
import org.dallemini.cli.Dallemini;
import org.dallemini.stack.StackFile;

/** A further token generator, in a process of its own, that joins an embedded stack. */
final class TokenGeneratorProcess implements AutoCloseable {
    private static final int HEAP_MB = 1024;
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Process process;
    private final int port;

    private TokenGeneratorProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Returns when it has joined.
     *
     * @param dataDir of the stack
     * @param directMb memory outside of its heap, in MiB
     */
    static TokenGeneratorProcess start(Path dataDir, long directMb) throws IOException, InterruptedException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Process process = ChildJvm.start(
                        HEAP_MB,
                        directMb,
                        Dallemini.class.getName(),
                        List.of(
                                "token-generator",
                                "--config",
                                StackFile.of(dataDir).toString(),
                                "--command-property",
                                "management.port=" + port))
                .redirectErrorStream(true)
                .redirectOutput(dataDir.resolve("token-generator.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var generator = new TokenGeneratorProcess(process, port);
        long deadline = System.nanoTime() + START_NANOS;
        while (!generator.isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                generator.close();
                throw new IOException(
                        "the second token generator does not start, see " + dataDir.resolve("token-generator.log"));
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        return generator;
    }

    private boolean isReady() throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body()
                    .contains("RUNNING");
        } catch (IOException e) {
            return false; // not up yet
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
