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
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                Map.of("DALLEMINI_S3_SECRET_KEY", "${env:S3_SECRET}", "S3_SECRET", SecuredServers.S3_SECRET),
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

        // And: a right that nothing fails without is missed in words
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(output.text())
                .contains("job-tracker may not delete from pipeline.job-tracker-by-job-repartition")
                .contains("grant Delete"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt-ingest", "storage-sink"})
    void shouldEndWithOneLineWhereKafkaRefusesThePassword(String stage) throws Exception {
        // When
        String end = endOf(
                stage,
                "kafka.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"pipeline\" password=\"" + SecuredServers.MARK + "Guessed\";");

        // Then
        assertThat(end).contains("Authentication failed").contains("SCRAM-SHA-512");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt-ingest", "storage-sink"})
    void shouldEndWithOneLineWhereKafkasCertificateIsNotTrusted(String stage) throws Exception {
        assertThat(endOf(stage, "kafka.ssl.truststore.location=" + servers.stranger()))
                .contains("SSL handshake failed")
                .contains("PKIX");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt-ingest", "storage-sink"})
    void shouldEndWithOneLineWhereARightIsMissing(String stage) throws Exception {
        assertThat(endOf(stage, "topic.prefix=others."))
                .contains("Not authorized")
                .contains("others.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt-ingest", "storage-sink"})
    void shouldEndWithOneLineWhereATrustStoreIsMissing(String stage) throws Exception {
        assertThat(endOf(stage, "kafka.ssl.truststore.location=/nowhere.pem")).contains("/nowhere.pem");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prompt-ingest", "storage-sink"})
    void shouldEndWithOneLineWhereTheRegistryRefusesThePassword(String stage) throws Exception {
        // Given
        servers.publish(stage.equals("prompt-ingest") ? "prompts" : "images");

        // When
        String end = endOf(
                stage,
                "group.id=" + SecuredServers.PREFIX + "refused-" + stage,
                "basic.auth.user.info=pipeline:" + SecuredServers.MARK + "Guessed");

        // Then
        assertThat(end).contains("401").contains("/schemas/ids/");
    }

    @Test
    void shouldKeepTwoTenantsOfOneClusterApart() throws Exception {
        // Given
        String own = SecuredServers.OTHER + ".";
        Path tenant = servers.settingsOfOther("other.properties", own);
        assertThat(run("topics", "apply", "--config", tenant.toString())).isEqualTo(ExitCode.OK);
        List<List<String>> commands = List.of(
                List.of("topics", "check"),
                List.of("jobs", "list"),
                List.of("dlq", "ls"),
                List.of("moderation", "list"),
                List.of("inspect", "a-prompt"),
                List.of("jobs", "cancel", "a-job"),
                List.of("images", "rm", "a-prompt/0", "--yes"),
                List.of(
                        "submit",
                        Files.writeString(folder.resolve("a-prompt.txt"), "a star\n")
                                .toString()));

        // When: it asks for what is another's, and for what is its own
        Path trespasser = servers.settingsOfOther("trespasser.properties", SecuredServers.PREFIX);
        for (List<String> command : commands) {
            var arguments = new ArrayList<>(command);
            arguments.addAll(List.of("--config", trespasser.toString()));
            int before = output.text().length();

            // Then
            assertThat(run(arguments.toArray(String[]::new)))
                    .describedAs("%s: %s", command, output.text().substring(before))
                    .isEqualTo(ExitCode.FAILURE);
            assertThat(output.text().substring(before))
                    .containsPattern("dallemini: Kafka does not let this user do it .*" + SecuredServers.PREFIX);
        }
        assertThat(run("jobs", "list", "--config", tenant.toString())).isEqualTo(ExitCode.OK);
        try (Admin client = Admin.create(servers.clientOfOther())) {
            assertThat(client.listTopics().names().get()).isNotEmpty().allMatch(topic -> topic.startsWith(own));
            assertThat(client.listGroups().all().get())
                    .allMatch(group -> group.groupId().startsWith(own));
        }
    }

    @Test
    void shouldEndCommandsWithOneLineWhereAPasswordIsWrong() throws Exception {
        Path wrong = servers.settings(
                "wrong.properties",
                "kafka.sasl.mechanism=PLAIN",
                "basic.auth.user.info=pipeline:" + SecuredServers.MARK + "Guessed");
        assertThat(run("schemas", "check", "--config", wrong.toString())).isEqualTo(ExitCode.FAILURE);
        assertThat(run("topics", "check", "--config", wrong.toString())).isEqualTo(ExitCode.FAILURE);
        assertThat(output.text()).containsPattern("dallemini: .*401").containsPattern("dallemini: .*PLAIN");
    }

    @Test
    void shouldWaitAndSaySoWhereTheStoreRefusesTheKey() throws Exception {
        stageWaitsFor(
                List.of("AccessDenied (403)", "s3.secret.key"), "s3.secret.key=" + SecuredServers.MARK + "Guessed");
    }

    @Test
    void shouldWaitAndSaySoWhereTheStoresCertificateIsNotTrusted() throws Exception {
        stageWaitsFor(
                List.of("valid certification path", "s3.ssl.truststore.*"),
                "s3.ssl.truststore.location=" + servers.stranger());
    }

    @Test
    void shouldWaitAndSaySoWhereTheRegistrysCertificateIsNotTrusted() throws Exception {
        // Given
        servers.publish("images");
        servers.stranger();

        // Then
        stageWaitsFor(
                List.of("PKIX", "schema.registry.ssl.truststore.*"),
                "group.id=" + SecuredServers.PREFIX + "distrustful",
                "schema.registry.ssl.truststore.location=" + folder.resolve("stranger.p12"));
    }

    @Test
    void shouldWaitAndSaySoWhereAListenerExpectsTls() throws Exception {
        stageWaitsFor(
                List.of("Kafka: ", "kafka.security.protocol"),
                "kafka.security.protocol=SASL_PLAINTEXT",
                "kafka.request.timeout.ms=1500",
                "kafka.default.api.timeout.ms=2000");
    }

    @Test
    void shouldNotShowAPasswordThatStandsInAnAddress() throws Exception {
        // Given
        Path file = refused(
                "basic.auth.credentials.source=URL",
                "schema.registry.url=" + servers.registryUrlWithPassword(),
                "s3.endpoint=https://pipeline:" + SecuredServers.MARK + "@127.0.0.1:9000");

        // Then
        assertThat(run("schemas", "check", "--config", file.toString())).isEqualTo(ExitCode.OK);
        assertThat(run("config", "show", "storage-sink", "--config", file.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(run("storage-sink", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("topics", "check", "--command-property", "kafka.sasl.jaas.config: " + SecuredServers.MARK))
                .isEqualTo(ExitCode.USAGE);
        assertThat(output.text())
                .contains("https://[hidden]@127.0.0.1")
                .contains("dallemini: s3.endpoint (from " + file + "): ");
    }

    /** What a stage says last, which ends by itself: one line, without a stack trace. */
    private String endOf(String stage, String... more) throws Exception {
        int port = ManagementPort.free();
        String[] arguments = arguments(stage, refused(more), port, "state.dir=" + folder.resolve("state"));
        Running command = start(arguments);
        running.add(command);
        assertThat(command.exitCode.get(60, TimeUnit.SECONDS))
                .describedAs(output.text())
                .isNotZero();
        assertThat(output.text()).doesNotContain("unforeseen");
        List<String> last = output.text()
                .lines()
                .filter(line -> line.startsWith("dallemini: "))
                .toList();
        assertThat(last).hasSize(1);
        return last.get(0);
    }

    /** That a storage sink is not ready, and gives such a reason on its readiness page. */
    private void stageWaitsFor(List<String> reason, String... more) throws Exception {
        int port = stage("storage-sink", refused(more));
        Running sink = running.get(running.size() - 1);
        await().atMost(PATIENCE)
                .failFast(() -> assertThat(sink.exitCode.isDone())
                        .describedAs(output.text())
                        .isFalse())
                .untilAsserted(() -> assertThat(get(port, "/readyz"))
                        .contains("\"ok\":false")
                        .contains(reason));
        output.add(get(port, "/readyz") + get(port, "/livez") + get(port, "/metrics"));
    }

    private static Path refused(String... more) throws Exception {
        var all = new ArrayList<>(List.of("s3.secret.key=" + SecuredServers.S3_SECRET));
        all.addAll(List.of(more));
        return servers.settings("refused.properties", all.toArray(String[]::new));
    }

    private int stage(String name, Path config, String... more) throws Exception {
        int port = ManagementPort.free();
        running.add(start(arguments(name, config, port, more)));
        return port;
    }

    private static String[] arguments(String name, Path config, int port, String... more) {
        var arguments = new ArrayList<>(List.of(name, "--verbose", "--config", config.toString()));
        arguments.addAll(List.of("--command-property", "management.port=" + port));
        arguments.addAll(List.of("--command-property", "api.port=0")); // 8080 may be anybody's
        arguments.addAll(List.of("--command-property", "instance.dir=" + folder.resolve("instances")));
        for (String property : more) {
            arguments.addAll(List.of("--command-property", property));
        }
        return arguments.toArray(String[]::new);
    }

    private static Running start(String... arguments) {
        var interruption = new Interruption();
        var command = new Dallemini(InProcess.folders(folder.resolve("home")), interruption);
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
