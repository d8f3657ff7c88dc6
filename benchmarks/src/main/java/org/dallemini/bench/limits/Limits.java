package org.dallemini.bench.limits;

import org.dallemini.bench.common.MarkdownTable;
import org.dallemini.bench.common.Numbers;

/**
 * What the machine can do at most, measured.
 *
 * @param threads that did it
 * @param memoryGbPerSecond reading of memory, in 10^9 bytes a second
 * @param fp32Gflops products of float32 matrices by ONNX Runtime, in 10^9 operations a second; a multiplication and an
 *     addition are two
 * @param int8Gops products of 8-bit matrices by ONNX Runtime, likewise
 * @param onnxRuntime its version
 */
public record Limits(int threads, double memoryGbPerSecond, double fp32Gflops, double int8Gops, String onnxRuntime) {

    public String table() {
        return new MarkdownTable("limit", "with " + threads + " threads")
                .row("reading memory", Numbers.of(memoryGbPerSecond) + " GB/s")
                .row("products of float32 matrices (ONNX Runtime)", Numbers.of(fp32Gflops) + " GFLOP/s")
                .row("products of 8-bit matrices (ONNX Runtime)", Numbers.of(int8Gops) + " GOP/s")
                .toString();
    }
}
