package org.dallemini.bench.models;

import org.dallemini.bench.limits.Limits;
import org.dallemini.dalle.config.BartConfig;
import org.dallemini.dalle.precision.Precision;

/**
 * What a step of the decoder costs at least, averaged over the positions of an image.
 *
 * @param weightBytes read once a step, however many rows it has: kernels with their scales, and norms
 * @param attentionBytes of keys and values that each row reads
 * @param denseOperations of each row's products with weights; a multiplication and an addition are two
 * @param attentionOperations of each row's products with keys and values, which are float32 in every precision
 */
record TokenStepCost(long weightBytes, long attentionBytes, long denseOperations, long attentionOperations) {
    /** As in Int4Blocks of model-runtime. */
    private static final int INT4_BLOCK = 128;

    /** As in DecoderMemory of the token generator: texts are laid out in multiples of this. */
    private static final int TEXT_STEP = 8;

    /** Scale and bias. */
    private static final int NORM_VECTORS = 2;

    /** @param textTokens of the longest text in the batch */
    static TokenStepCost of(BartConfig config, Precision precision, int textTokens) {
        long width = config.dModel();
        long inner = config.decoderFfnDim();
        long vocabulary = config.vocabulary();
        long layer = kernelBytes(width, 3 * width, precision) // queries, keys and values of self attention
                + 3 * kernelBytes(width, width, precision) // its output; query and output of cross attention
                + kernelBytes(width, 2 * inner, precision)
                + kernelBytes(inner, width, precision)
                + NORM_VECTORS * Float.BYTES * (5 * width + inner);
        long weights = config.decoderLayers() * layer
                + kernelBytes(width, vocabulary, precision)
                + NORM_VECTORS * Float.BYTES * 2 * width;
        long kernels = config.decoderLayers() * (6 * width * width + 3 * width * inner) + width * vocabulary;

        long text = (textTokens + TEXT_STEP - 1) / TEXT_STEP * TEXT_STEP;
        // The row at position p attends to p + 1 positions: on average (L + 1) / 2
        long positionsTwice = config.imageLength() + 1 + 2 * text;
        long attended = config.decoderLayers() * width * positionsTwice / 2;
        return new TokenStepCost(weights, 2 * Float.BYTES * attended, 2 * kernels, 2 * 2 * attended);
    }

    private static long kernelBytes(long in, long out, Precision precision) {
        return switch (precision) {
            case FP32 -> Float.BYTES * in * out;
            case INT8, INT8_ROWS -> in * out + Float.BYTES * out;
            case INT4 -> {
                long blocks = out * ((in + INT4_BLOCK - 1) / INT4_BLOCK);
                yield blocks * (INT4_BLOCK / 2 + Float.BYTES);
            }
        };
    }

    /** All that a step of so many rows reads, in bytes. */
    long bytes(int rows) {
        return weightBytes + rows * attentionBytes;
    }

    /** The shortest time that the machine's limits allow for a step. */
    Limit limit(Limits limits, Precision precision, int rows) {
        double memory = bytes(rows) / limits.memoryGbPerSecond() / 1e6;
        double dense = precision == Precision.FP32 ? limits.fp32Gflops() : limits.int8Gops();
        double arithmetic = rows * (denseOperations / dense + attentionOperations / limits.fp32Gflops()) / 1e6;
        return Limit.of(memory, arithmetic);
    }
}
