package org.dallemini.bench.limits;

import static org.dallemini.dalle.onnx.Graph.FLOAT;
import static org.dallemini.dalle.onnx.Graph.INT32;
import static org.dallemini.dalle.onnx.Graph.UINT8;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dallemini.dalle.checkpoint.ElementType;
import org.dallemini.dalle.checkpoint.Tensor;
import org.dallemini.dalle.checkpoint.Weight;
import org.dallemini.dalle.onnx.Graph;
import org.dallemini.dalle.session.Sessions;

/** How fast ONNX Runtime multiplies square matrices that are large enough to keep it busy. */
final class MatrixRate {
    private static final int[] SIZES = {1024, 2048};
    private static final int MIN_RUNS = 5;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private final Sessions sessions;
    private final Path folder;

    /** @param folder for graphs, emptied by the caller */
    MatrixRate(Sessions sessions, Path folder) {
        this.sessions = sessions;
        this.folder = folder;
    }

    /** 10^9 operations a second of float32; the best run of all sizes. */
    double fp32() throws IOException, OrtException {
        double best = 0;
        for (int size : SIZES) {
            Graph g = new Graph("fp32-" + size);
            Weight kernel = Weight.of(Tensor.filled(0.01f, size, size));
            g.output(g.op("MatMul", g.input("x", FLOAT, size, size), g.weight(kernel)), "y", FLOAT, size, size);
            FloatBuffer x = direct(size * size * Float.BYTES).asFloatBuffer();
            while (x.hasRemaining()) {
                x.put(0.01f);
            }
            try (OnnxTensor input = OnnxTensor.createTensor(environment(), x.flip(), shape(size));
                    OnnxTensor output = OnnxTensor.createTensor(
                            environment(), direct(size * size * Float.BYTES).asFloatBuffer(), shape(size))) {
                best = Math.max(best, best(g, size, input, output));
            }
        }
        return best;
    }

    /** 10^9 operations a second of 8-bit integers, added up in 32 bits; the best run of all sizes. */
    double int8() throws IOException, OrtException {
        double best = 0;
        for (int size : SIZES) {
            Graph g = new Graph("int8-" + size);
            Weight kernel = Weight.of(Tensor.allocate(ElementType.INT8, size, size));
            String y =
                    g.op("MatMulInteger", g.input("x", UINT8, size, size), g.weight(kernel), g.uint8(128), g.int8(0));
            g.output(y, "y", INT32, size, size);
            try (OnnxTensor input = OnnxTensor.createTensor(
                            environment(), direct(size * size), shape(size), OnnxJavaType.UINT8);
                    OnnxTensor output = OnnxTensor.createTensor(
                            environment(), direct(size * size * Integer.BYTES).asIntBuffer(), shape(size))) {
                best = Math.max(best, best(g, size, input, output));
            }
        }
        return best;
    }

    private double best(Graph graph, int size, OnnxTensor input, OnnxTensor output) throws IOException, OrtException {
        Files.createDirectories(folder);
        long shortest = Long.MAX_VALUE;
        try (OrtSession session = sessions.open(graph.save(folder))) {
            long end = System.nanoTime() + NANOS;
            for (int run = 0; run < MIN_RUNS || System.nanoTime() < end; run++) {
                long start = System.nanoTime();
                session.run(Map.of("x", input), Map.of("y", output)).close();
                shortest = Math.min(shortest, System.nanoTime() - start);
            }
        }
        return 2.0 * size * size * size / shortest;
    }

    private OrtEnvironment environment() {
        return sessions.environment();
    }

    private static long[] shape(int size) {
        return new long[] {size, size};
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
