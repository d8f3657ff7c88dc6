package org.dallemini.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/** {@code dallemini} as a process of its own, as users run it; its output goes to files. */
final class CommandProcess implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("dallemini.root"));

    private static final Path DIST = ROOT.resolve("cli").resolve("target").resolve("dist");

    private final Process process;
    private final Path out;
    private final Path err;

    private CommandProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** @param folder for the output, and the working directory; {@code folder/home} is the data directory */
    static CommandProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** @param environment more variables than this process has */
    static CommandProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        return start(folder, environment, List.of(), List.of(), arguments);
    }

    /**
     * The same.
     *
     * @param javaOptions more than the usual ones
     * @param behind on the class path, behind the program
     */
    static CommandProcess start(
            Path folder,
            Map<String, String> environment,
            List<String> javaOptions,
            List<Path> behind,
            String... arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:SharedArchiveFile=" + DIST.resolve("classes.jsa"),
                "-Xlog:cds=off", // it would tell on standard output of an archive that is older than the jars
                "-Xlog:cds+dynamic=off",
                "-Djdk.serialFilter=!*",
                "-Ddallemini.home=" + ROOT));
        command.addAll(javaOptions);
        var classPath = new StringJoiner(File.pathSeparator)
                .add(DIST.resolve("lib").resolve("dallemini.jar").toString());
        behind.forEach(folderOrJar -> classPath.add(folderOrJar.toString()));
        command.addAll(List.of("-cp", classPath.toString()));
        command.add(Dallemini.class.getName());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "run-", ".out");
        Path err = Path.of(out.toString().replace(".out", ".err"));
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment()
                .put("DALLEMINI_MODEL", ROOT.resolve("models/shapes").toString()); // the smallest
        builder.environment().putAll(environment);
        builder.environment().put("DALLEMINI_DATA_DIR", folder.resolve("home").toString());
        return new CommandProcess(builder.start(), out, err);
    }

    /** Runs to the end; fails after five minutes. */
    static CommandProcess run(Path folder, String... arguments) throws IOException, InterruptedException {
        CommandProcess command = start(folder, arguments);
        command.await(Duration.ofMinutes(5));
        return command;
    }

    CommandProcess await(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + timeout + ": " + this);
        }
        return this;
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        signal("INT");
    }

    /** As an orchestrator does. */
    void terminate() throws IOException, InterruptedException {
        signal("TERM");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        return process.exitValue();
    }

    List<String> out() {
        return lines(out);
    }

    List<String> err() {
        return lines(err);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a machine that fails does; returns when it is over. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    @Override
    public String toString() {
        return "standard output: " + out() + System.lineSeparator() + "standard error: " + String.join("\n", err());
    }
}
