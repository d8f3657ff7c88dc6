package org.dallemini.bench.pipeline;

/**
 * The settings of a pipeline that matter.
 *
 * @param model name of its folder; {@code cluster} if it is not ours
 * @param bartPrecision of the token stage; empty for a cluster, as is that of the image decoder
 * @param vqganPrecision of the image decoder
 * @param batch images that a token generator draws together
 * @param tokenGenerators how many there are
 * @param threads of one computation of either model; 0 for a cluster
 */
public record Setup(
        String model, String bartPrecision, String vqganPrecision, int batch, int tokenGenerators, int threads) {

    /** Of a cluster that is not ours only what the command line says of it. */
    public static Setup ofCluster(int batch, int tokenGenerators) {
        return new Setup("cluster", "", "", batch, tokenGenerators, 0);
    }

    String text() {
        String generators = tokenGenerators == 1 ? "1 token generator" : tokenGenerators + " token generators";
        return threads == 0
                ? model + ", batch " + batch + ", " + generators
                : model + ", " + bartPrecision + " / " + vqganPrecision + ", batch " + batch + ", " + generators
                        + ", threads " + threads;
    }
}
