package org.dallemini.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dallemini.stack.Preparation;
import org.dallemini.stage.config.StageConfig;

/** A pipeline with topics and a bucket of its own: any number of processes of each stage, as an operator runs them. */
final class Deployment implements AutoCloseable {
    private static final Duration STOPPING = Duration.ofSeconds(60);

    private final Path folder;
    private final Path file;
    private final Map<String, String> settings;
    private final Map<StageKind, List<Program>> running = new EnumMap<>(StageKind.class);
    private final List<Program> leaving = new ArrayList<>();
    private int started;

    private Deployment(Path folder, Path file, Map<String, String> settings) {
        this.folder = folder;
        this.file = file;
        this.settings = settings;
    }

    /**
     * Prepares topics and schemas; no process runs yet.
     *
     * @param name prefix of the topics, and bucket
     * @param folder for logs and state
     * @param servers where the servers are
     */
    static Deployment prepare(String name, Path folder, Map<String, String> servers) throws IOException {
        var settings = new HashMap<>(servers);
        settings.put(StageConfig.TOPIC_PREFIX, name + ".");
        settings.put("s3.bucket", name);
        settings.putAll(Stages.settings(folder));
        settings.put(StageConfig.MANAGEMENT_PORT, "-1");
        Path own = Files.createDirectories(folder.resolve(name));
        settings.put("state.dir", own.resolve("state").toString());
        Path file = StageProcesses.write(own, settings);
        Preparation.run(settings);
        return new Deployment(own, file, settings);
    }

    Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    StageConfig config() {
        return new StageConfig(StageConfig.definition(), settings);
    }

    /** One process of each stage. */
    void startAll() throws IOException {
        for (StageKind kind : StageKind.values()) {
            start(kind);
        }
    }

    Program start(StageKind kind) throws IOException {
        String process = kind.command() + "-" + ++started;
        Program program = Program.start(
                process,
                folder,
                folder.resolve(process + ".log"),
                List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), // of those that are killed soon, few get past it
                List.of(kind.command(), "--config", file.toString()));
        of(kind).add(program);
        return program;
    }

    private List<Program> of(StageKind kind) {
        return running.computeIfAbsent(kind, k -> new ArrayList<>());
    }

    /** The processes of a stage, the oldest first. */
    List<Program> processes(StageKind kind) {
        return List.copyOf(of(kind));
    }

    void kill(StageKind kind, Program program) throws InterruptedException {
        program.kill();
        of(kind).remove(program);
    }

    /** Asks a process to stop, without waiting for it; what it has begun it finishes. */
    void leave(StageKind kind, Program program) throws IOException, InterruptedException {
        program.terminate();
        of(kind).remove(program);
        leaving.add(program);
    }

    /** Stops all processes in order. */
    void stop() throws IOException, InterruptedException {
        List<Program> all = running.values().stream().flatMap(List::stream).toList();
        for (Program program : all) {
            if (!program.isAlive()) {
                throw new IOException("A stage has ended by itself: " + program);
            }
            program.terminate();
        }
        for (Program program : all) {
            if (!program.await(STOPPING)) {
                throw new IOException("A stage does not stop: " + program);
            }
        }
        running.values().forEach(List::clear);
    }

    @Override
    public void close() {
        running.values().forEach(programs -> programs.forEach(Program::close));
        leaving.forEach(Program::close);
    }
}
