package org.dallemini.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.dallemini.bench.common.ProgramFolder;
import org.dallemini.bench.models.StageResult;

/** A script that measures another implementation, in the virtual environment that peers/install.sh made for it. */
public enum Peer {
    MIN_DALLE(
            "min-dalle", "min_dalle_peer.py", List.of(StageResult.TOKENS, StageResult.VQGAN), List.of("fp32", "bf16")),
    DALLE_MINI("dalle-mini", "dalle_mini_peer.py", List.of(StageResult.TOKENS), List.of("fp32"));

    private final String environment;
    private final String script;
    private final List<String> stages;
    private final List<String> precisions;

    Peer(String environment, String script, List<String> stages, List<String> precisions) {
        this.environment = environment;
        this.script = script;
        this.stages = stages;
        this.precisions = precisions;
    }

    /** What the script can measure: {@code tokens}, {@code vqgan}. */
    public List<String> stages() {
        return stages;
    }

    /** Those worth measuring: on processors that multiply bfloat16 it is faster for min-dalle, not for dalle-mini. */
    public List<String> precisions() {
        return precisions;
    }

    /** As users call it. */
    public String title() {
        return environment;
    }

    public boolean isInstalled() {
        return Files.isExecutable(python());
    }

    private Path python() {
        return folder().resolve(".venv").resolve(environment).resolve("bin/python");
    }

    private static Path folder() {
        return ProgramFolder.program().resolve("benchmarks/peers");
    }

    /**
     * Measures some batches.
     *
     * @param stage {@code tokens} or {@code vqgan}
     * @param precision {@code fp32} or {@code bf16}
     * @param steps decoder steps, or images, to time
     * @throws IOException if the script fails
     */
    public List<PeerResult> measure(
            Path model, String stage, String precision, List<Integer> batches, int steps, int threads)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        python().toString(),
                        folder().resolve(script).toString(),
                        "--model",
                        model.toString(),
                        "--stage",
                        stage,
                        "--precision",
                        precision,
                        "--batch",
                        batches.stream().map(String::valueOf).collect(Collectors.joining(",")),
                        "--steps",
                        Integer.toString(steps),
                        "--threads",
                        Integer.toString(threads))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            out.lines().forEach(lines::add);
            if (process.waitFor() != 0) {
                throw new IOException(script + " ended with exit code " + process.exitValue());
            }
        } finally {
            process.destroyForcibly();
        }
        return PeerResult.parse(lines);
    }
}
