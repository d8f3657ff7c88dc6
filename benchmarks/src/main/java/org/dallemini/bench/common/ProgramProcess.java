package org.dallemini.bench.common;

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

/** Servers of an embedded stack, a stage that joins one, or another main class, in a process of its own. */
public final class ProgramProcess implements AutoCloseable {
    private static final int HEAP_MB = 1024;
    private static final String MORE = "--command-property=";
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Process process;

    private ProgramProcess(Process process) {
        this.process = process;
    }

    private interface Check {
        boolean holds() throws IOException, InterruptedException;
    }

    /**
     * Starts broker, schema registry and object store on a folder, and returns when they serve.
     *
     * @param dataDir of the stack; their log goes there
     * @param directMb memory outside of the heap, in MiB
     */
    public static ProgramProcess servers(Path dataDir, long directMb) throws IOException, InterruptedException {
        return start(
                "servers",
                dataDir,
                directMb,
                Dallemini.class,
                List.of(
                        "up",
                        "--servers-only",
                        "--data-dir=" + dataDir,
                        "--kafka-port=0",
                        "--registry-port=0",
                        "--s3-port=0",
                        "--management-port=0",
                        "--api-port=-1"),
                () -> StackFile.read(dataDir).isPresent());
    }

    /**
     * Starts a stage, and returns when it has joined.
     *
     * @param stage its command, for example {@code token-generator}
     * @param dataDir of the stack; its log goes there
     * @param directMb memory outside of its heap, in MiB
     * @param properties more settings, {@code NAME=VALUE}
     */
    public static ProgramProcess stage(String stage, Path dataDir, long directMb, String... properties)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> arguments =
                new ArrayList<>(List.of(stage, "--config=" + StackFile.of(dataDir), MORE + "management.port=" + port));
        for (String property : properties) {
            arguments.add(MORE + property);
        }
        return start(stage, dataDir, directMb, Dallemini.class, arguments, () -> isReady(port));
    }

    /**
     * Starts another main class, and returns when it is ready.
     *
     * @param name of its log in the folder
     * @param port at which it answers to {@code /readyz} then
     */
    public static ProgramProcess of(
            Class<?> mainClass, String name, Path folder, long directMb, int port, List<String> arguments)
            throws IOException, InterruptedException {
        return start(name, folder, directMb, mainClass, arguments, () -> isReady(port));
    }

    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static ProgramProcess start(
            String name, Path dataDir, long directMb, Class<?> mainClass, List<String> arguments, Check isStarted)
            throws IOException, InterruptedException {
        Path log = dataDir.resolve(name + ".log");
        Process process = ChildJvm.start(HEAP_MB, directMb, mainClass.getName(), arguments)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        var started = new ProgramProcess(process);
        long deadline = System.nanoTime() + START_NANOS;
        while (!isStarted.holds()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                started.close();
                throw new IOException("the " + name + " process does not start, see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(250);
        }
        return started;
    }

    private static boolean isReady(int port) throws InterruptedException {
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

    /** Processor time so far in seconds; 0 where the system does not tell. */
    public double cpuSeconds() {
        return cpuSeconds(handle());
    }

    /** The same of any process. */
    public static double cpuSeconds(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .map(time -> time.toMillis() / 1e3)
                .orElse(0.0);
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
