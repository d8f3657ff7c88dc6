package org.dallemini.chaos;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The stages as processes of their own, with the log of each in a folder. */
final class StageProcesses implements Stages {
    private static final Duration STOPPING = Duration.ofSeconds(40);

    private final Map<StageKind, Program> programs = new EnumMap<>(StageKind.class);
    private final Map<StageKind, Integer> ports = new EnumMap<>(StageKind.class);

    private StageProcesses() {}

    /** @param jvm options of each JVM */
    static StageProcesses start(Path folder, Map<String, String> settings, List<String> jvm) throws IOException {
        var all = new StageProcesses();
        Path config = write(folder, settings);
        try {
            for (StageKind kind : StageKind.values()) {
                int port = FreePort.find();
                all.ports.put(kind, port);
                all.programs.put(kind, start(kind, folder, config, jvm, Map.of("management.port", "" + port)));
            }
            return all;
        } catch (IOException e) {
            all.close();
            throw e;
        }
    }

    /** The file with the settings, for {@code --config}. */
    static Path write(Path folder, Map<String, String> settings) throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        Path file = folder.resolve("stage.properties");
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            properties.store(writer, null);
        }
        return file;
    }

    /** One process; its log is {@code <name of the stage>.log}, or with a number if there is one already. */
    static Program start(StageKind kind, Path folder, Path config, List<String> jvm, Map<String, String> more)
            throws IOException {
        var arguments = new java.util.ArrayList<>(List.of(kind.command(), "--config", config.toString()));
        more.forEach((name, value) -> arguments.addAll(List.of("--command-property", name + "=" + value)));
        Path log = folder.resolve(kind.command() + ".log");
        for (int i = 2; Files.exists(log); i++) {
            log = folder.resolve(kind.command() + "-" + i + ".log");
        }
        return Program.start(kind.command(), folder, log, jvm, arguments);
    }

    Program program(StageKind kind) {
        return java.util.Objects.requireNonNull(programs.get(kind));
    }

    @Override
    public Map<StageKind, Integer> managementPorts() {
        return Map.copyOf(ports);
    }

    @Override
    public void close() {
        try {
            for (Program program : programs.values()) {
                if (program.isAlive()) {
                    program.terminate();
                }
            }
            for (Program program : programs.values()) {
                program.await(STOPPING);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            programs.values().forEach(Program::close);
        }
    }
}
