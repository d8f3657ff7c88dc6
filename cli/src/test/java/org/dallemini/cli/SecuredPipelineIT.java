package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole pipeline on servers with TLS and passwords, set up as docs/security.md says; and what is said where a
 * password or a certificate is wrong. Everything that is printed, logged or served on the way is searched for the
 * passwords.
 */
class SecuredPipelineIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static SecuredServers servers;
    private static Path settings;
    private static Path admin;

    private final CapturedOutput output =
            new CapturedOutput("org.dallemini", "org.apache.kafka.clients", "org.apache.kafka.common", "okhttp3");
    private final List<Running> running = new ArrayList<>();

    /** A command on a thread of its own. */
    private record Running(Interruption interruption, CompletableFuture<Integer> exitCode) {}

    @BeforeAll
    static void start() throws Exception {
        servers = SecuredServers.start(folder);
        settings = servers.settings("pipeline.properties", "s3.secret.key=" + SecuredServers.S3_SECRET);
        admin = servers.settings(
                "admin.properties",
                "kafka.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"admin\" password=\"${dir:/etc/dallemini/secrets:kafka-admin}\";");
        assertThat(run("topics", "apply", "--config", admin.toString())).isEqualTo(ExitCode.OK);
        assertThat(run("schemas", "register", "--config", admin.toString())).isEqualTo(ExitCode.OK);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @AfterEach
    void noPasswordShows() throws Exception {
        try (output) {
            for (Running command : running) {
                command.interruption.request();
                command.exitCode.get();
            }
            assertThat(output.text()
                            .lines()
                            .filter(line -> line.contains(SecuredServers.MARK))
                            .toList())
                    .isEmpty();
        }
    }

    @Test
    void shouldDrawAnImageThroughServersWithTlsAndPasswords() throws Exception {
        // Given
        int intake = stage("prompt-ingest", settings, "state.dir=" + folder.resolve("state"));
        int tokens = stage("token-generator", settings);
        int decoder = stage("image-decoder", settings);
        Path bySecretInEnvironment = servers.settings("sink.properties");
        int sink = ManagementPort.free();
        try (CommandProcess process = CommandProcess.start(
                folder,
                Map.of("DALLEMINI_S3_SECRET_KEY", SecuredServers.S3_SECRET),
                arguments("storage-sink", bySecretInEnvironment, sink))) {
            for (int port : new int[] {intake, tokens, decoder, sink}) {
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(port, "/readyz"))
                        .describedAs(process.toString())
                        .contains("RUNNING"));
            }

            // When
            int code = run(
                    "generate",
                    "--verbose",
                    "a red circle on a blue background",
                    "--config",
                    settings.toString(),
                    "--out",
                    folder.resolve("pictures").toString());

            // Then
            assertThat(code).describedAs(output.text()).isZero();
            try (var pictures = Files.list(folder.resolve("pictures"))) {
                assertThat(pictures).hasSize(1);
            }
            for (int port : new int[] {intake, tokens, decoder, sink}) {
                output.add(get(port, "/readyz") + get(port, "/livez") + get(port, "/metrics"));
            }
            output.add(process.toString());
        }
        for (String stage : new String[] {"prompt-ingest", "token-generator", "image-decoder", "storage-sink"}) {
            assertThat(run("config", "show", stage, "--config", settings.toString()))
                    .isZero();
        }
        assertThat(output.text()).contains("s3.secret.key").contains("[hidden]");
    }

    private int stage(String name, Path config, String... more) throws Exception {
        int port = ManagementPort.free();
        running.add(start(arguments(name, config, port, more)));
        return port;
    }

    private static String[] arguments(String name, Path config, int port, String... more) {
        var arguments = new ArrayList<>(List.of(name, "--verbose", "--config", config.toString()));
        arguments.addAll(List.of("--command-property", "management.port=" + port));
        arguments.addAll(List.of("--command-property", "instance.dir=" + folder.resolve("instances")));
        for (String property : more) {
            arguments.addAll(List.of("--command-property", property));
        }
        return arguments.toArray(String[]::new);
    }

    private static Running start(String... arguments) {
        var interruption = new Interruption();
        var command = new Dallemini(new Home(InProcess.ROOT, folder.resolve("home")), interruption);
        return new Running(
                interruption,
                CompletableFuture.supplyAsync(
                        () -> command.execute(true, arguments), task -> new Thread(task, arguments[0]).start()));
    }

    private static int run(String... arguments) throws Exception {
        return start(arguments).exitCode.get();
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
}
