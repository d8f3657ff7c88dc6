package org.dallemini.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dallemini.stack.EmbeddedStack;
import org.dallemini.stack.StackFile;
import org.dallemini.stack.StackSettings;
import org.dallemini.stack.TopicRecords;
import org.dallemini.stage.config.StageConfig;

/** Servers in this JVM, and stages as processes of their own, which log in JSON. */
final class StageProcesses implements AutoCloseable {
    static final List<String> ALL = List.of("prompt-ingest", "token-generator", "image-decoder", "storage-sink");

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path folder;
    private final Map<String, String> settings;
    private final List<String> javaOptions;
    private final List<Path> behind;
    private final EmbeddedStack servers;
    private final int apiPort;
    private final Map<String, CommandProcess> processes = new HashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();

    private StageProcesses(
            Path folder,
            Map<String, String> settings,
            List<String> javaOptions,
            List<Path> behind,
            EmbeddedStack servers,
            int apiPort) {
        this.folder = folder;
        this.settings = settings;
        this.javaOptions = javaOptions;
        this.behind = behind;
        this.servers = servers;
        this.apiPort = apiPort;
    }

    /**
     * Returns when all are ready.
     *
     * @param settings of every stage
     * @param javaOptions of every process; in them {@code %stage} is the name of its stage
     * @param behind on the class path of every process, behind the program
     */
    static StageProcesses start(
            Path folder, List<String> stages, Map<String, String> settings, List<String> javaOptions, List<Path> behind)
            throws Exception {
        EmbeddedStack servers = EmbeddedStack.start(
                StackSettings.onFreePorts(folder.resolve("stack"), StackSettings.Stages.NONE, Map.of()), phase -> {});
        var started = new StageProcesses(folder, settings, javaOptions, behind, servers, ManagementPort.free());
        try {
            for (String stage : stages) {
                started.start(stage);
            }
            stages.forEach(started::awaitReady);
            return started;
        } catch (Exception | AssertionError e) {
            started.close();
            throw e;
        }
    }

    void start(String stage) throws IOException {
        int port = ManagementPort.free();
        var arguments = new ArrayList<>(
                List.of(stage, "--config", StackFile.of(folder.resolve("stack")).toString()));
        var all = new HashMap<>(Map.of(
                "management.port",
                Integer.toString(port),
                "instance.id",
                "one",
                "model.cache",
                folder.resolve("models").toString()));
        all.putAll(settings);
        if (stage.equals("prompt-ingest")) {
            all.put("api.port", Integer.toString(apiPort));
            all.put("state.dir", folder.resolve("state").toString());
        }
        all.forEach((name, value) -> {
            arguments.add("--command-property");
            arguments.add(name + "=" + value);
        });
        ports.put(stage, port);
        processes.put(
                stage,
                CommandProcess.start(
                        folder,
                        Map.of("DALLEMINI_LOG_FORMAT", "json"),
                        javaOptions.stream()
                                .map(option -> option.replace("%stage", stage))
                                .toList(),
                        behind,
                        arguments.toArray(String[]::new)));
    }

    void awaitReady(String stage) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            assertThat(process(stage).isAlive())
                    .as(() -> process(stage).toString())
                    .isTrue();
            URI ready = URI.create("http://127.0.0.1:" + Objects.requireNonNull(ports.get(stage)) + "/readyz");
            assertThat(HTTP.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        });
    }

    CommandProcess process(String stage) {
        return Objects.requireNonNull(processes.get(stage));
    }

    URI jobs() {
        return URI.create("http://127.0.0.1:" + apiPort + "/v1/jobs");
    }

    StageConfig config() {
        return new StageConfig(StageConfig.definition(), servers.settings());
    }

    /** Of the servers, to read and write what the stages do. */
    Map<String, String> serverSettings() {
        return servers.settings();
    }

    /** The committed records of a topic by their keys, as soon as there are so many; each key has one. */
    Map<String, ConsumerRecord<String, byte[]>> records(String topic, int count) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(
                        TopicRecords.read(config(), topic))
                .as(() -> processes.toString())
                .hasSizeGreaterThanOrEqualTo(count));
        Map<String, ConsumerRecord<String, byte[]>> records = new HashMap<>();
        TopicRecords.read(config(), topic)
                .forEach(record -> assertThat(records.put(record.key(), record)).isNull());
        return records;
    }

    @Override
    public void close() {
        processes.values().forEach(CommandProcess::close);
        servers.close();
    }
}
