package org.dallemini.bench.pipeline;

/**
 * The two models without a pipeline around them, on the same processors and with the same settings.
 *
 * @param tokens images/s of the token stage
 * @param vqgan images/s of the VQGAN
 * @param together images/s where each image takes both, one after the other
 */
public record EnginesAlone(double tokens, double vqgan, double together) {

    public static EnginesAlone of(double tokens, double vqgan) {
        return new EnginesAlone(tokens, vqgan, 1 / (1 / tokens + 1 / vqgan));
    }
}
