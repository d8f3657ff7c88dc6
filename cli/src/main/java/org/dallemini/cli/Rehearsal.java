package org.dallemini.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dallemini.stack.StackFile;

/**
 * Runs the commands that people wait for, one after the other in this process, for the virtual machine to archive their
 * classes ({@code tools/class-archive}). The argument is a folder for everything that they leave.
 */
final class Rehearsal {
    private static final long SECONDS_TO_START = 120;
    private static final List<String[]> CLIENTS = List.of(
            line("generate", "a red circle", "--output", "json"),
            line("jobs", "list"),
            line("dlq", "list"),
            line("topics", "check"),
            line("schemas", "check"),
            line("models", "list"),
            line("config", "show"),
            line("help", "generate"),
            line("--help"),
            line("--no-such-option"),
            line("--version"));

    private final ProgramFolders folders;

    private Rehearsal(ProgramFolders folders) {
        this.folders = folders;
    }

    public static void main(String[] args) throws Exception {
        Logging.configure(false, Map.of());
        Path program = Path.of(System.getProperty("dallemini.home"));
        new Rehearsal(ProgramFolders.of(program, Path.of(args[0]))).run();
        System.exit(ExitCode.OK); // what keeps the process alive otherwise are pools of clients
    }

    private void run() throws Exception {
        int apiPort = freePort();
        var interruption = new Interruption();
        var up = CompletableFuture.runAsync(() -> execute(
                interruption,
                line(
                        "up",
                        "--kafka-port=0",
                        "--registry-port=0",
                        "--s3-port=0",
                        "--management-port=0",
                        "--api-port=" + apiPort)));
        try {
            awaitStack(up);
            drawByHttp(apiPort);
            for (String[] line : CLIENTS) {
                execute(new Interruption(), line);
            }
        } finally {
            interruption.request();
            up.join();
        }
    }

    private void execute(Interruption interruption, String[] line) {
        new Dallemini(folders, interruption).execute(false, line);
    }

    private void awaitStack(CompletableFuture<Void> up) throws IOException, InterruptedException {
        Path folder = folders.defaultStackData();
        for (int i = 0; i < SECONDS_TO_START * 10 && !up.isDone(); i++) {
            if (StackFile.read(folder).isPresent()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("The stack did not start");
    }

    private static void drawByHttp(int port) throws IOException, InterruptedException {
        URI generations = URI.create("http://127.0.0.1:" + port + "/v1/images/generations");
        HttpRequest request = HttpRequest.newBuilder(generations)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"prompt\": \"a blue star\"}"))
                .build();
        HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String[] line(String... words) {
        return words;
    }
}
