package org.dallemini.bench.models;

import org.dallemini.bench.limits.Limits;
import org.dallemini.dalle.config.VqganConfig;
import org.dallemini.dalle.precision.Precision;

/**
 * What decoding an image costs at least.
 *
 * @param convolutionOperations a multiplication and an addition are two
 * @param attentionOperations of the products of queries, keys and values, which are float32 in every precision
 */
record VqganCost(long convolutionOperations, long attentionOperations) {

    static VqganCost of(VqganConfig config) {
        Count count = new Count();
        int levels = config.levels();
        long size = config.gridSize();
        long channels = (long) config.ch() * config.chMult().get(levels - 1);
        count.convolution(1, config.embedDim(), config.zChannels(), size);
        count.convolution(3, config.zChannels(), channels, size);
        count.residual(channels, channels, size);
        count.attention(channels, size);
        count.residual(channels, channels, size);
        for (int level = levels - 1; level >= 0; level--) {
            long wanted = (long) config.ch() * config.chMult().get(level);
            for (int block = 0; block <= config.numResBlocks(); block++) {
                count.residual(channels, wanted, size);
                channels = wanted;
                if (config.attnResolutions().contains((int) size)) {
                    count.attention(channels, size);
                }
            }
            if (level > 0) {
                size *= 2;
                if (config.resampWithConv()) {
                    count.convolution(3, channels, channels, size);
                }
            }
        }
        count.convolution(3, channels, config.outCh(), size);
        return new VqganCost(2 * count.convolutions, 2 * count.attentions);
    }

    /** The shortest time that the machine's arithmetic allows for an image. */
    Limit limit(Limits limits, Precision precision) {
        double rate = precision == Precision.FP32 ? limits.fp32Gflops() : limits.int8Gops();
        return Limit.of(0, (convolutionOperations / rate + attentionOperations / limits.fp32Gflops()) / 1e6);
    }

    /** Multiplications so far. */
    private static final class Count {
        private long convolutions;
        private long attentions;

        void convolution(int kernel, long in, long out, long size) {
            convolutions += kernel * kernel * in * out * size * size;
        }

        void residual(long in, long out, long size) {
            convolution(3, in, out, size);
            convolution(3, out, out, size);
            if (in != out) {
                convolution(1, in, out, size);
            }
        }

        void attention(long channels, long size) {
            for (int i = 0; i < 4; i++) {
                convolution(1, channels, channels, size);
            }
            attentions += 2 * channels * size * size * size * size;
        }
    }
}
