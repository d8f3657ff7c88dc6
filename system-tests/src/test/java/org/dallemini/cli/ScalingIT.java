package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.dallemini.stack.StackFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second token generator, as a process of its own, joins a stack that runs and leaves it again. */
class ScalingIT {
    private static final Duration STARTING = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void shouldShareTheWorkAndLoseNothingWhenOneLeaves() throws Exception {
        // Given
        Path data = folder.resolve("home/stack");
        int port = freePort();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            lines.add("a yellow ring number " + i);
        }
        Path file = Files.write(folder.resolve("prompts.txt"), lines);
        try (CommandProcess up = CommandProcess.start(
                folder,
                "up",
                "--kafka-port",
                "0",
                "--registry-port",
                "0",
                "--s3-port",
                "0",
                "--management-port",
                "0",
                "--api-port",
                "0")) {
            await().atMost(STARTING).until(() -> Files.exists(StackFile.of(data)) || !up.isAlive());
            assertThat(up.isAlive()).describedAs(up.toString()).isTrue();
            try (CommandProcess second = CommandProcess.start(
                    folder,
                    "token-generator",
                    "--config",
                    StackFile.of(data).toString(),
                    "--command-property",
                    "management.port=" + port,
                    "--command-property",
                    "batch.size=2")) {
                await().atMost(STARTING).until(() -> isReady(port) || !second.isAlive());
                assertThat(second.isAlive()).describedAs(second.toString()).isTrue();
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(StackFile.of(data))))
                        .isEqualTo("rw-------");
                assertThatOnlyLoopbackIsListenedOn(up, 5); // broker, controller, registry, store, management
                assertThatOnlyLoopbackIsListenedOn(second, 1); // management

                // When
                try (CommandProcess generate = CommandProcess.start(folder, "generate", "--file", file.toString())) {
                    await().atMost(STARTING).until(() -> completedBy(port) >= 5 || !generate.isAlive());
                    second.terminate();
                    second.await(Duration.ofMinutes(3));
                    generate.await(Duration.ofMinutes(3));

                    // Then
                    assertThat(generate.exitCode())
                            .describedAs(generate.toString())
                            .isZero();
                    assertThat(new HashSet<>(generate.out())).hasSize(lines.size());
                    assertThat(second.err()).describedAs("an orderly stop").noneMatch(line -> line.contains("ERROR"));
                }
            }
            up.interrupt();
            up.await(Duration.ofMinutes(3));
            assertThat(Files.exists(StackFile.of(data))).isFalse();
        }
    }

    private static void assertThatOnlyLoopbackIsListenedOn(CommandProcess process, int count) throws IOException {
        if (ListeningSockets.areKnown()) {
            assertThat(ListeningSockets.of(process.pid()))
                    .hasSizeGreaterThanOrEqualTo(count)
                    .allMatch(ListeningSockets::isOnLoopback, "on loopback");
        }
    }

    private static boolean isReady(int port) throws IOException, InterruptedException {
        return get(port, "/readyz").contains("RUNNING");
    }

    /** What the process says of itself. */
    private static double completedBy(int port) throws IOException, InterruptedException {
        return get(port, "/metrics")
                .lines()
                .filter(line -> line.startsWith("dallemini_items_total") && line.contains("completed"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String get(int port, String path) throws InterruptedException {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return ""; // not up yet
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
