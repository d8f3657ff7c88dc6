package org.dallemini.bench.intake;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dallemini.bench.common.ChildJvm;
import org.dallemini.bench.common.Folders;
import org.dallemini.bench.common.ProcessMemory;
import org.dallemini.bench.common.ProgramProcess;
import org.dallemini.cli.Dallemini;
import org.dallemini.stack.StackFile;

/** A prompt ingest beside a broker, each in a process of its own, on a folder that is deleted afterwards. */
public final class IntakeRun implements AutoCloseable {
    private static final int SUBMIT_HEAP_MB = 256, DIRECT_MB = 256;
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Path folder;
    private final ProgramProcess servers;
    private final ProgramProcess ingest;
    private final RequestReader requests;

    private IntakeRun(Path folder, ProgramProcess servers, ProgramProcess ingest, RequestReader requests) {
        this.folder = folder;
        this.servers = servers;
        this.ingest = ingest;
        this.requests = requests;
    }

    /** Starts the processes and returns when they are ready. */
    public static IntakeRun start() throws IOException, InterruptedException {
        Path folder = Folders.make("intake");
        ProgramProcess servers = ProgramProcess.servers(folder, DIRECT_MB);
        try {
            ProgramProcess ingest = ProgramProcess.stage("prompt-ingest", folder, DIRECT_MB, "api.port=-1");
            return new IntakeRun(
                    folder,
                    servers,
                    ingest,
                    new RequestReader(StackFile.read(folder).orElseThrow()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    /** Submits a file of prompts and waits until its job knows of all of them. */
    public IntakeResult submit(int file, int prompts) throws IOException, InterruptedException {
        String job = "file-" + file;
        Path path = write(job, prompts);
        double ingestBefore = ingest.cpuSeconds();
        double serversBefore = servers.cpuSeconds();
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
            RequestReader.Seen seen = requests.await(job, prompts, TIMEOUT);
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
                    ingest.cpuSeconds() - ingestBefore,
                    servers.cpuSeconds() - serversBefore,
                    ProcessMemory.of(ingest.handle()).residentMb(),
                    ProcessMemory.of(servers.handle()).residentMb());
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

    @Override
    public void close() throws IOException, InterruptedException {
        requests.close();
        ingest.close();
        servers.close();
        Folders.delete(folder);
    }
}
