package org.dallemini.bench.start;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dallemini.bench.common.Folders;
import org.dallemini.bench.common.ProcessMemory;
import org.dallemini.bench.common.ProgramProcess;
import org.dallemini.bench.start.Launcher.Started;
import org.dallemini.stack.StackFile;

/**
 * Starts the program again and again, on a folder that is deleted afterwards. Its class archive and model are there.
 */
public final class StartRun implements AutoCloseable {
    private static final int OK = 0;
    private static final int FAILURE = 1;
    private static final int USAGE = 2;
    private static final int HTTP_OK = 200;
    private static final List<String> STAGES =
            List.of("prompt-ingest", "token-generator", "image-decoder", "storage-sink");
    private static final String NO_IMAGE = "00000000-0000-0000-0000-000000000000/0";

    private final Path home;
    private final Launcher launcher;
    private final int runs;
    private final Consumer<String> progress;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<StartResult> results = new ArrayList<>();
    private int prompts;

    private StartRun(Path home, int runs, Consumer<String> progress) {
        this.home = home;
        this.launcher = new Launcher(home);
        this.runs = runs;
        this.progress = progress;
    }

    /** Has the program built and the model prepared. */
    public static StartRun open(int runs, Consumer<String> progress) throws IOException, InterruptedException {
        var run = new StartRun(Folders.make("start"), runs, progress);
        progress.accept("building the program and preparing the model, where that has not been done");
        run.draw();
        return run;
    }

    private interface Run {
        Cost once() throws IOException, InterruptedException;
    }

    private void measure(String what, Run run) throws IOException, InterruptedException {
        progress.accept(what);
        List<Cost> costs = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            costs.add(run.once());
        }
        results.add(StartResult.of(what, costs));
    }

    /** A new prompt each time: one that was drawn before is not drawn again. */
    private Cost draw() throws IOException, InterruptedException {
        return launcher.run(OK, "generate", "a red circle " + ++prompts, "--out", "pictures");
    }

    /** Commands that end by themselves, with no stack running. */
    public void alone() throws IOException, InterruptedException {
        measure("--version", () -> launcher.run(OK, "--version"));
        measure("--help", () -> launcher.run(OK, "--help"));
        measure("a usage error", () -> launcher.run(USAGE, "generate", "--no-such-option"));
        measure("generate, nothing running", this::draw);
    }

    private Started up(int apiPort) throws IOException {
        int port = ProgramProcess.freePort();
        return launcher.start(
                port,
                "up",
                "--kafka-port=0",
                "--registry-port=0",
                "--s3-port=0",
                "--api-port=" + apiPort,
                "--management-port=" + port);
    }

    /** The processor time is that of the stack. */
    private Cost drawByHttp(Started stack, int apiPort) throws IOException, InterruptedException {
        double cpu = stack.cpuSeconds();
        long start = System.nanoTime();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + apiPort + "/v1/images/generations"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"prompt\": \"a blue star " + ++prompts + "\"}"))
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != HTTP_OK) {
            throw new IOException("The API answers " + status);
        }
        return new Cost((System.nanoTime() - start) / 1e9, stack.cpuSeconds() - cpu);
    }

    /** The embedded stack, the commands that use it, and what it takes while nobody does. */
    public IdleResult embedded(int settleSeconds, int idleSeconds) throws IOException, InterruptedException {
        List<Cost> first = new ArrayList<>();
        measure("up, to /readyz", () -> {
            int apiPort = ProgramProcess.freePort();
            try (Started stack = up(apiPort)) {
                Cost ready = stack.untilReady();
                first.add(drawByHttp(stack, apiPort));
                return ready;
            }
        });
        results.add(StartResult.of("the first image over HTTP then", first));
        try (Started stack = up(0)) {
            stack.untilReady();
            measure("generate, while up runs", this::draw);
            measure("jobs list", () -> launcher.run(OK, "jobs", "list"));
            measure("dlq ls", () -> launcher.run(OK, "dlq", "ls"));
            measure("inspect", () -> launcher.run(FAILURE, "inspect", NO_IMAGE));
            progress.accept("idle");
            TimeUnit.SECONDS.sleep(settleSeconds);
            double before = stack.cpuSeconds();
            double memory = ProcessMemory.of(stack.process().toHandle()).residentMb();
            TimeUnit.SECONDS.sleep(idleSeconds);
            return new IdleResult(
                    idleSeconds,
                    100 * (stack.cpuSeconds() - before) / idleSeconds,
                    memory,
                    ProcessMemory.of(stack.process().toHandle()).residentMb());
        }
    }

    /** Stages as processes of their own, each with a record that waits for it. */
    public void stages() throws IOException, InterruptedException {
        int port = ProgramProcess.freePort();
        Path stack = home.resolve("stack");
        try (Started servers = launcher.start(
                port,
                "up",
                "--servers-only",
                "--kafka-port=0",
                "--registry-port=0",
                "--s3-port=0",
                "--management-port=" + port)) {
            servers.untilReady();
            List<List<Cost>> costs =
                    STAGES.stream().<List<Cost>>map(stage -> new ArrayList<>()).toList();
            for (int i = 0; i < runs; i++) {
                progress.accept("stages as processes, " + (i + 1) + " of " + runs);
                once(stack, costs);
            }
            for (int stage = 0; stage < STAGES.size(); stage++) {
                results.add(StartResult.of(STAGES.get(stage) + ", to its first record", costs.get(stage)));
            }
        }
    }

    private void once(Path stack, List<List<Cost>> costs) throws IOException, InterruptedException {
        String config = "--config=" + StackFile.of(stack);
        List<Started> running = new ArrayList<>();
        try (Started client = launcher.start(0, "generate", "a red circle " + ++prompts, "--out", "pictures", config)) {
            for (int stage = 0; stage < STAGES.size(); stage++) {
                String name = STAGES.get(stage);
                int port = ProgramProcess.freePort();
                Started started = launcher.start(
                        port,
                        name,
                        config,
                        "--command-property=management.port=" + port,
                        "--command-property=api.port=-1");
                running.add(started);
                costs.get(stage).add(started.untilFirstRecord(name));
            }
            client.process().waitFor(1, TimeUnit.MINUTES);
        } finally {
            for (Started started : running) {
                started.close();
            }
        }
    }

    public List<StartResult> results() {
        return List.copyOf(results);
    }

    @Override
    public void close() throws IOException {
        Folders.delete(home);
    }
}
