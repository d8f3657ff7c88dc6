package org.dallemini.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dallemini.cli.Dallemini;
import org.dallemini.stack.StackFile;

/** A stage in a process of its own that joins an embedded stack. */
public final class StageProcess implements AutoCloseable {
    private static final int HEAP_MB = 1024;
    private static final String MORE = "--command-property=";
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Process process;
    private final int port;

    private StageProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Returns when it has joined.
     *
     * @param stage its command, for example {@code token-generator}
     * @param dataDir of the stack; its log goes there
     * @param directMb memory outside of its heap, in MiB
     * @param properties more settings, {@code NAME=VALUE}
     */
    public static StageProcess start(String stage, Path dataDir, long directMb, String... properties)
            throws IOException, InterruptedException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path log = dataDir.resolve(stage + ".log");
        List<String> arguments =
                new ArrayList<>(List.of(stage, "--config=" + StackFile.of(dataDir), MORE + "management.port=" + port));
        for (String property : properties) {
            arguments.add(MORE + property);
        }
        Process process = ChildJvm.start(HEAP_MB, directMb, Dallemini.class.getName(), arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var running = new StageProcess(process, port);
        long deadline = System.nanoTime() + START_NANOS;
        while (!running.isReady()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                running.close();
                throw new IOException("the " + stage + " does not start, see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        return running;
    }

    private boolean isReady() throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not up yet
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
