package org.dallemini.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.dallemini.cli.Dallemini;

/** {@code dallemini}, or what works with it, as a process of its own; what it prints goes to a file. */
final class Program implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Path log;

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts {@code dallemini}.
     *
     * @param home its data directory ({@code DALLEMINI_DATA_DIR})
     * @param log receives standard output and error, appended
     * @param jvm options of the JVM, for example {@code -Xmx512m}
     */
    static Program start(String name, Path home, Path log, List<String> jvm, List<String> arguments)
            throws IOException {
        return java(
                name, Dallemini.class.getName(), Map.of("DALLEMINI_DATA_DIR", home.toString()), log, jvm, arguments);
    }

    /** Starts any class of the program's libraries. */
    static Program java(
            String name,
            String mainClass,
            Map<String, String> environment,
            Path log,
            List<String> jvm,
            List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Ddallemini.home=" + sourceTree()));
        command.addAll(jvm);
        command.addAll(classes());
        command.add(mainClass);
        command.addAll(arguments);
        return start(name, command, environment, log);
    }

    /** Starts any program. */
    static Program start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new Program(name, builder.start(), log);
    }

    /** Where this project lies; the launcher or the build says it. */
    static Path sourceTree() {
        return Path.of(Objects.requireNonNullElseGet(
                System.getProperty("dallemini.home"), () -> System.getProperty("dallemini.root", "")));
    }

    /** Of the script that runs this, or else of the build of which this is a test. */
    private static List<String> classes() {
        String path = System.getProperty("dallemini.classpath");
        if (path != null) {
            return List.of("-cp", path);
        }
        Path dist = sourceTree().resolve("cli").resolve("target").resolve("dist");
        return List.of(
                "-XX:SharedArchiveFile=" + dist.resolve("classes.jsa"),
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off",
                "-cp",
                dist.resolve("lib").resolve("dallemini.jar").toString());
    }

    String name() {
        return name;
    }

    /** As the kernel does when memory runs out: nothing of the process runs any more. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it stands still, and does not know. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** SIGTERM, as an orchestrator does. */
    void terminate() throws IOException, InterruptedException {
        signal("TERM");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Whether it ended within that time. */
    boolean await(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /** What it and its predecessors with the same log have printed. */
    List<String> printed() {
        try {
            return Files.readAllLines(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it if it still runs, and waits a little, so that it writes nowhere any more. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return name + " (" + (process.isAlive() ? "process " + process.pid() : "ended with " + process.exitValue())
                + "), log " + log;
    }
}
