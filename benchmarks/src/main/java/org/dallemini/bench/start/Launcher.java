package org.dallemini.bench.start;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.dallemini.bench.common.ProgramFolder;
import org.dallemini.bench.common.ProgramProcess;

/** {@code ./dallemini} as people call it, with a data directory of its own. */
final class Launcher {
    private static final String TIMED = "TIMEFORMAT='%R %U %S'; { time \"$@\" >/dev/null 2>&1; } 2>\"$0\"";
    private static final long LOOK_MILLIS = 10;
    private static final long MAX_START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Path home;

    /** @param home the data directory ({@code DALLEMINI_DATA_DIR}) */
    Launcher(Path home) {
        this.home = home;
    }

    /**
     * Runs a command to its end.
     *
     * @throws IOException if it does not end with this exit code
     */
    Cost run(int exitCode, String... arguments) throws IOException, InterruptedException {
        Path times = Files.createTempFile(home, "times", "");
        List<String> command = new ArrayList<>(List.of("bash", "-c", TIMED, times.toString()));
        command.addAll(program(arguments));
        int code = builder(command).start().waitFor();
        if (code != exitCode) {
            throw new IOException("dallemini " + String.join(" ", arguments) + " ended with exit code " + code);
        }
        String[] seconds = Files.readString(times).strip().split(" ");
        Files.delete(times);
        return new Cost(
                Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1]) + Double.parseDouble(seconds[2]));
    }

    /** Starts a command that runs until it is stopped; its output goes into the data directory. */
    Started start(int managementPort, String... arguments) throws IOException {
        long now = System.nanoTime();
        Path log = home.resolve(arguments[0] + ".log");
        Process process = builder(program(arguments))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new Started(process, managementPort, now, log);
    }

    private static List<String> program(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProgramFolder.program().resolve("dallemini").toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DALLEMINI_DATA_DIR", home.toString());
        return builder;
    }

    /** A command that runs until it is stopped. */
    record Started(Process process, int managementPort, long startNanos, Path log) implements AutoCloseable {
        /** Waits until it is ready. */
        Cost untilReady() throws IOException, InterruptedException {
            return until("/readyz", answer -> answer.statusCode() == 200);
        }

        /** Waits until the stage has handled a record. */
        Cost untilFirstRecord(String stage) throws IOException, InterruptedException {
            String counter = "dallemini_items_total{outcome=\"completed\",stage=\"" + stage + "\"} ";
            return until("/metrics", answer -> answer.body()
                    .lines()
                    .filter(line -> line.startsWith(counter))
                    .anyMatch(line -> Double.parseDouble(line.substring(counter.length())) > 0));
        }

        private Cost until(String path, Predicate<HttpResponse<String>> condition)
                throws IOException, InterruptedException {
            HttpClient http = HttpClient.newHttpClient();
            URI url = URI.create("http://127.0.0.1:" + managementPort + path);
            HttpRequest request =
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build();
            while (process.isAlive() && System.nanoTime() - startNanos < MAX_START_NANOS) {
                try {
                    if (condition.test(http.send(request, BodyHandlers.ofString()))) {
                        return new Cost((System.nanoTime() - startNanos) / 1e9, cpuSeconds());
                    }
                } catch (IOException e) {
                    // it does not listen yet
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            throw new IOException("It does not start, see " + log);
        }

        double cpuSeconds() {
            return ProgramProcess.cpuSeconds(process.toHandle());
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
