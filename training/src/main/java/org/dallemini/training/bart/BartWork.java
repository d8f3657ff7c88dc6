package org.dallemini.training.bart;

import org.dallemini.dalle.config.BartConfig;

/** How much arithmetic training a BART is. */
public final class BartWork {
    /** Forward, and twice as much backward. */
    private static final double PASSES = 3;

    private BartWork() {}

    /**
     * Floating point operations of the matrix products of one sample, forward and backward; causal attention is counted
     * in full, as it is mostly computed.
     *
     * @param textLength text tokens of the caption
     */
    public static double operations(BartConfig config, int textLength) {
        double d = config.dModel();
        double image = config.imageLength();
        double attention = 4 * d * d;
        double encoder = config.encoderLayers()
                * textLength
                * (attention + 3 * d * config.encoderFfnDim() + 2.0 * d * textLength);
        double perToken = attention + 2 * d * d + 3 * d * config.decoderFfnDim() + 2 * d * (image + textLength);
        double keysAndValues = 2 * d * d * textLength;
        double decoder = config.decoderLayers() * (image * perToken + keysAndValues);
        return PASSES * 2 * (encoder + decoder + image * d * config.vocabulary());
    }
}
