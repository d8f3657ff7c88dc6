package org.dallemini.bench.limits;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dallemini.bench.common.ChildJvm;
import org.dallemini.bench.common.Json;
import org.dallemini.dalle.session.SessionSettings;
import org.dallemini.dalle.session.Sessions;

/** Measures {@link Limits}, in a process of its own. */
public final class LimitsMeter {
    /** Hidden command that measures within its own process. */
    public static final String COMMAND = "measure-limits";

    private static final int OTHER_HEAP_MB = 512, DIRECT_MB = 512;

    private LimitsMeter() {}

    /** Takes about 15 seconds. */
    public static Limits measureApart(int threads) throws IOException, InterruptedException {
        long heapMb = 2 * (MemoryBandwidth.bytes(threads) >> 20) + OTHER_HEAP_MB; // half of it is for the young
        List<String> lines = ChildJvm.run(heapMb, DIRECT_MB, List.of(COMMAND, "--threads", Integer.toString(threads)));
        return Json.convert(Json.objects(lines).get(0), Limits.class);
    }

    /** In this process. */
    public static Limits measure(int threads) throws IOException, InterruptedException {
        double memory = MemoryBandwidth.measure(threads);
        Path folder = Files.createTempDirectory("limits");
        try {
            Sessions sessions = new Sessions(new SessionSettings(threads, true));
            MatrixRate matrices = new MatrixRate(sessions, folder);
            return new Limits(
                    threads,
                    memory,
                    matrices.fp32(),
                    matrices.int8(),
                    sessions.environment().getVersion());
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot multiply: " + e.getMessage(), e);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
