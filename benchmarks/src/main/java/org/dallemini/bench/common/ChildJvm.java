package org.dallemini.bench.common;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A Java process for one measurement, so that what went before is neither in its memory nor in its compiled code. Its
 * standard error is this process's own.
 */
public final class ChildJvm {
    /** That of all measurements, which lies above this package. */
    private static final String MAIN = "org.dallemini.bench.Benchmarks";

    private ChildJvm() {}

    /**
     * Runs one of these commands to its end.
     *
     * @param heapMb limit of the heap in MiB
     * @param directMb limit of the memory outside of it that Java allocates, in MiB
     * @return lines of standard output
     * @throws IOException if it fails
     */
    public static List<String> run(long heapMb, long directMb, List<String> arguments)
            throws IOException, InterruptedException {
        Process process = start(heapMb, directMb, MAIN, arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread killer = new Thread(process::destroyForcibly, "kill-child");
        Runtime.getRuntime().addShutdownHook(killer);
        List<String> lines = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            out.lines().forEach(lines::add);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", arguments) + " ended with exit code " + process.exitValue());
            }
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
        return lines;
    }

    /** Any main class of this program, not yet started. */
    public static ProcessBuilder start(long heapMb, long directMb, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Xmx" + heapMb + "m",
                "-XX:MaxDirectMemorySize=" + directMb + "m",
                "-Djava.awt.headless=true",
                "-Ddallemini.home=" + System.getProperty("dallemini.home", ""),
                "-Ddallemini.classpath=" + classPath(),
                "-cp",
                classPath(),
                mainClass));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    private static String classPath() {
        return Objects.requireNonNullElseGet(
                System.getProperty("dallemini.classpath"), () -> System.getProperty("java.class.path", ""));
    }
}
