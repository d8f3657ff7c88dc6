package org.dallemini.bench.intake;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dallemini.bench.ChildJvm;
import org.dallemini.bench.Home;
import org.dallemini.bench.ProcessMemory;
import org.dallemini.bench.StageProcess;
import org.dallemini.cli.Dallemini;
import org.dallemini.stack.StackFile;

/** A prompt ingest beside a broker, each in a process of its own, on a folder that is deleted afterwards. */
public final class IntakeRun implements AutoCloseable {
    private static final int SERVERS_HEAP_MB = 1024, SUBMIT_HEAP_MB = 256, DIRECT_MB = 256;
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Path folder;
    private final Process servers;
    private final StageProcess ingest;
    private final RequestReader requests;

    private IntakeRun(Path folder, Process servers, StageProcess ingest, RequestReader requests) {
        this.folder = folder;
        this.servers = servers;
        this.ingest = ingest;
        this.requests = requests;
    }

    /** Starts the processes and returns when they are ready. */
    public static IntakeRun start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Home.target()), "intake");
        Process servers = ChildJvm.start(
                        SERVERS_HEAP_MB,
                        DIRECT_MB,
                        Dallemini.class.getName(),
                        List.of(
                                "up",
                                "--servers-only",
                                "--data-dir=" + folder,
                                "--kafka-port=0",
                                "--registry-port=0",
                                "--s3-port=0",
                                "--management-port=0",
                                "--api-port=-1"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("servers.log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(servers::destroyForcibly));
        try {
            long deadline = System.nanoTime() + STARTING.toNanos();
            while (StackFile.read(folder).isEmpty()) {
                if (!servers.isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IOException("the servers do not start, see " + folder.resolve("servers.log"));
                }
                TimeUnit.MILLISECONDS.sleep(250);
            }
            StageProcess ingest = StageProcess.start("prompt-ingest", folder, DIRECT_MB, "api.port=-1");
            return new IntakeRun(
                    folder,
                    servers,
                    ingest,
                    new RequestReader(StackFile.read(folder).orElseThrow()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            servers.destroyForcibly();
            throw e;
        }
    }

    /** Submits a file of prompts and waits until its job knows of all of them. */
    public IntakeResult submit(int file, int prompts) throws IOException, InterruptedException {
        String job = "file-" + file;
        Path path = write(job, prompts);
        double ingestBefore = cpu(ingest.handle());
        double serversBefore = cpu(servers.toHandle());
        long start = System.nanoTime();
        Process submit = ChildJvm.start(
                        SUBMIT_HEAP_MB,
                        DIRECT_MB,
                        Dallemini.class.getName(),
                        List.of(
                                "submit",
                                path.toString(),
                                "--job=" + job,
                                "--detach",
                                "--config=" + StackFile.of(folder)))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("submit.log").toFile())
                .start();
        var ended = submit.onExit().thenApply(any -> (System.nanoTime() - start) / 1e9);
        try {
            RequestReader.Seen seen = requests.await(job, prompts, LONGEST);
            double submitSeconds = ended.join();
            if (submit.exitValue() != 0) {
                throw new IOException("submit failed, see " + folder.resolve("submit.log"));
            }
            return new IntakeResult(
                    file,
                    prompts,
                    submitSeconds,
                    prompts / seen.seconds(),
                    seen.trackedSeconds(),
                    cpu(ingest.handle()) - ingestBefore,
                    cpu(servers.toHandle()) - serversBefore,
                    ProcessMemory.of(ingest.handle()).residentMb(),
                    ProcessMemory.of(servers.toHandle()).residentMb());
        } finally {
            submit.destroyForcibly();
        }
    }

    private Path write(String job, int prompts) throws IOException {
        Path path = folder.resolve(job + ".txt");
        try (BufferedWriter lines = Files.newBufferedWriter(path)) {
            for (int i = 0; i < prompts; i++) {
                lines.write("a red circle on a blue background, number " + i);
                lines.newLine();
            }
        }
        return path;
    }

    /** Seconds; 0 where the system does not tell. */
    private static double cpu(ProcessHandle process) {
        return process.info()
                .totalCpuDuration()
                .map(time -> time.toMillis() / 1e3)
                .orElse(0.0);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        requests.close();
        ingest.close();
        servers.destroy();
        if (!servers.waitFor(30, TimeUnit.SECONDS)) {
            servers.destroyForcibly();
        }
        List<Path> all = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            files.forEach(all::add);
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(all.get(i));
        }
    }
}
