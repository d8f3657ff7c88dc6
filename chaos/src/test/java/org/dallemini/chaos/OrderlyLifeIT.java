package org.dallemini.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dallemini.stage.config.StageConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How stages start, stop and give up, as processes. They take turns at one stream of images. */
@Timeout(180)
@TestMethodOrder(OrderAnnotation.class)
class OrderlyLifeIT {
    private static final Duration STARTING = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Beyond the drain time: some 2 s for the clients' farewell and the end of the JVM, more on a busy machine. */
    private static final Duration A_BIT = Duration.ofSeconds(6);

    private static final int IMAGES = 60;

    @TempDir
    static Path folder;

    private static ProxiedServers servers;
    private static StagesHere upstream;
    private static Path config;
    private static PromptStream prompts;
    private static StoredImageLog arrivals;
    private static int started;

    private final List<Program> programs = new ArrayList<>();

    @BeforeAll
    static void startPipelineWithoutSink() throws Exception {
        servers = ProxiedServers.start(folder);
        config = StageProcesses.write(folder, servers.settings());
        var settings = new StageConfig(StageConfig.definition(), servers.directSettings());
        upstream = StagesHere.start(servers.settings(), EnumSet.complementOf(EnumSet.of(StageKind.STORAGE_SINK)));
        prompts = PromptStream.start(settings, 50, 0, 1);
        await().atMost(STARTING).until(() -> prompts.published() >= IMAGES);
        prompts.finish();
        arrivals = StoredImageLog.follow(settings);
    }

    @AfterAll
    static void stopAll() {
        arrivals.close();
        prompts.close();
        upstream.close();
        servers.close();
    }

    @AfterEach
    void stopPrograms() throws IOException {
        programs.forEach(Program::close);
        servers.healAll();
    }

    /** A stage as a process with its management port, which is in its name too. */
    private record Child(Program program, int port) {
        String get(String path) throws InterruptedException {
            try {
                var answer = Readiness.get(HTTP, port, path);
                return answer.statusCode() + " " + answer.body();
            } catch (IOException e) {
                return "0 nobody there";
            }
        }

        void awaitReadiness(String words) {
            await().atMost(STARTING)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> get("/readyz").contains(words) || !program.isAlive());
            assertThat(program.isAlive())
                    .describedAs(String.join("\n", program.printed()))
                    .isTrue();
        }

        /** Seconds from the signal to the end. */
        double endAfter(Duration atMost) throws InterruptedException {
            long start = System.nanoTime();
            assertThat(program.await(atMost))
                    .describedAs("%s has not ended: %s", program, String.join("\n", program.printed()))
                    .isTrue();
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private Child start(StageKind kind, String... settings) throws IOException {
        return start(kind, List.of(), settings);
    }

    private Child start(StageKind kind, List<String> jvm, String... settings) throws IOException {
        int port = FreePort.find();
        var own = new HashMap<>(Map.of(
                "management.port",
                "" + port,
                "state.dir",
                folder.resolve("state-" + started).toString()));
        for (int i = 0; i < settings.length; i += 2) {
            own.put(settings[i], settings[i + 1]);
        }
        started++;
        var options = new ArrayList<>(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
        options.addAll(jvm);
        Program program = StageProcesses.start(kind, folder, config, options, own);
        programs.add(program);
        return new Child(program, port);
    }

    @Test
    @Order(1)
    void shouldFinishWhatItHasBegunWhenAskedToStop() throws Exception {
        // Given
        servers.store().throttle(4_000); // two seconds or so for a picture
        Child sink = start(StageKind.STORAGE_SINK, "drain.timeout.ms", "20000", "s3.request.timeout.ms", "20000");
        await().atMost(STARTING).until(() -> arrivals.count() > 2);
        assertThat(sink.get("/readyz")).startsWith("200").contains("RUNNING");

        // When
        sink.program().terminate();
        await().until(() ->
                sink.get("/readyz").contains("STOPPING") || !sink.program().isAlive());
        String live = sink.get("/livez");
        double seconds = sink.endAfter(Duration.ofSeconds(20).plus(A_BIT));

        // Then
        System.out.printf("drained in %.1f s%n", seconds);
        assertThat(live).startsWith("200").contains("STOPPING", "finishing what has begun");
        assertThat(sink.program().exitCode()).isZero();
        assertThat(sink.program().printed()).noneMatch(line -> line.contains("ERROR"));
        Ledger ledger = Ledger.read(servers.directSettings());
        Set<String> announced = announced(ledger);
        assertThat(announced.size()).isBetween(3, IMAGES - 1);
        assertThat(ledger.objects().keySet())
                .describedAs("nothing was uploaded that was not announced")
                .isEqualTo(announced);
    }

    private static Set<String> announced(Ledger ledger) {
        Set<String> keys = new HashSet<>();
        ledger.records()
                .getOrDefault("stored-images", Map.of())
                .values()
                .forEach(said -> said.forEach(text -> keys.add(text.substring(0, text.indexOf(' ')))));
        return keys;
    }

    @Test
    @Order(2)
    void shouldEndAtTheDeadlineWhateverIsAway() throws Exception {
        // Given
        servers.store().hang();
        Child patient = start(StageKind.STORAGE_SINK, "drain.timeout.ms", "60000");
        Child sink = start(StageKind.STORAGE_SINK, "drain.timeout.ms", "2000");
        Child intake = start(StageKind.PROMPT_INGEST, "drain.timeout.ms", "2000");
        sink.awaitReadiness("Cannot store");
        patient.awaitReadiness("Cannot store");
        intake.awaitReadiness("RUNNING");

        // When
        patient.program().terminate();
        patient.awaitReadiness("STOPPING");
        patient.program().terminate();

        // Then
        patient.endAfter(A_BIT);
        assertThat(patient.program().exitCode())
                .describedAs("a second signal ends it at once")
                .isEqualTo(143);

        // When: what has been uploaded meanwhile is in a commit that hangs, for 15 s if nobody broke it off
        servers.broker().hang();
        servers.store().heal();
        sink.awaitReadiness("RUNNING");
        sink.program().terminate();
        intake.program().terminate();

        // Then
        double sinkSeconds = sink.endAfter(Duration.ofSeconds(2).plus(A_BIT));
        double intakeSeconds = intake.endAfter(A_BIT);
        System.out.printf("ended %.1f s and %.1f s after being asked%n", sinkSeconds, sinkSeconds + intakeSeconds);
        assertThat(sink.program().exitCode()).isZero();
        assertThat(intake.program().exitCode()).isZero();
    }

    @Test
    @Order(3)
    void shouldSayInOneLastLineWhyItCannotGoOn() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            Child withoutModel = start(
                    StageKind.IMAGE_DECODER, "model", folder.resolve("nowhere").toString());
            Child withoutPort = start(StageKind.STORAGE_SINK, "management.port", "" + taken.getLocalPort());
            Child older = start(StageKind.STORAGE_SINK, "instance.id", "twin", "instance.dir", folder + "/a");
            older.awaitReadiness("RUNNING");
            Child younger = start(StageKind.STORAGE_SINK, "instance.id", "twin", "instance.dir", folder + "/b");

            // Then
            assertLastWords(withoutModel, 1, "nowhere");
            assertLastWords(withoutPort, 2, "management.port");
            assertLastWords(older, 1, "another process runs with instance.id twin");
            younger.awaitReadiness("RUNNING");
            assertThat(younger.get("/livez")).startsWith("200");
            await().atMost(STARTING).until(() -> arrivals.count() >= IMAGES);
        }
        ChaosResult verdict = ChaosResult.of(Ledger.read(servers.directSettings()), prompts.published());
        assertThat(verdict.problems()).isEmpty();
    }

    private static void assertLastWords(Child child, int exitCode, String words) throws InterruptedException {
        child.endAfter(STARTING);
        List<String> lines = child.program().printed();
        assertThat(child.program().exitCode()).isEqualTo(exitCode);
        assertThat(lines.get(lines.size() - 1)).startsWith("dallemini: ").contains(words);
        assertThat(lines).filteredOn(line -> line.startsWith("dallemini: ")).hasSize(1);
        assertThat(lines).noneMatch(line -> line.startsWith("\tat "));
    }

    @Test
    @Order(4)
    void shouldWaitForNamesThatCannotBeResolvedYet() throws Exception {
        // Given
        Path hosts = Files.writeString(folder.resolve("hosts"), "");
        List<String> jvm = List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.negative.ttl=0");
        String bootstrap = "kafka.invalid:" + servers.broker().port();
        Child sink = start(StageKind.STORAGE_SINK, jvm, "bootstrap.servers", bootstrap);
        Child intake = start(StageKind.PROMPT_INGEST, jvm, "bootstrap.servers", bootstrap, "api.port", "0");
        sink.awaitReadiness("no name in bootstrap.servers can be resolved: kafka.invalid:");
        intake.awaitReadiness("no name in bootstrap.servers can be resolved: kafka.invalid:");
        assertThat(sink.get("/readyz")).startsWith("503").contains("STARTING");
        assertThat(sink.get("/livez")).startsWith("200");

        // When
        Files.writeString(hosts, "127.0.0.1 kafka.invalid\n");

        // Then
        sink.awaitReadiness("RUNNING");
        intake.awaitReadiness("RUNNING");
    }
}
