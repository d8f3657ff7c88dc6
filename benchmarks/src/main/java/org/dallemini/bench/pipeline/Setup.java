package org.dallemini.bench.pipeline;

/**
 * The settings of a pipeline that matter.
 *
 * @param model name of its folder; {@code cluster} if it is not ours
 * @param bartPrecision of the token stage
 * @param vqganPrecision of the image decoder
 * @param batch images that a token generator draws together
 * @param tokenGenerators how many there are
 * @param threads of one computation of either model
 */
public record Setup(
        String model, String bartPrecision, String vqganPrecision, int batch, int tokenGenerators, int threads) {

    String text() {
        return model + ", " + bartPrecision + " / " + vqganPrecision + ", batch " + batch + ", "
                + (tokenGenerators == 1 ? "1 token generator" : tokenGenerators + " token generators") + ", threads "
                + threads;
    }
}
