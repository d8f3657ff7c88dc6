package org.dallemini.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What other precisions change in a model, each part measured with the other one in float32.
 *
 * @param model name of its folder
 * @param prompts texts of which the logits were compared
 * @param captions drawn to be judged; 0 if the model has no captions
 * @param bart a row for each precision of the text model, fp32 first
 * @param vqgan a row for each precision of the VQGAN, fp32 first
 */
public record Fidelity(String model, int prompts, int captions, List<Bart> bart, List<Vqgan> vqgan) {

    /**
     * The text model in one precision.
     *
     * @param logitError root of the mean square of the difference of the guided logits to those of fp32, over the
     *     standard deviation of the latter; of the 256 largest of each step, after fp32's greedy tokens
     * @param sameGreedyToken share of these steps at which the largest logit is that of the same token
     * @param sameImage share of the captions whose sampled tokens are all those of fp32 with the same seed
     * @param drawnRight captions whose picture shows colour, shape and background; null without captions
     */
    public record Bart(
            String precision,
            double logitError,
            double sameGreedyToken,
            @Nullable Double sameImage,
            @Nullable Integer drawnRight) {}

    /**
     * The VQGAN in one precision, decoding the tokens that fp32 drew.
     *
     * @param meanError mean difference of a level, 0 to 255, to fp32
     * @param worstError the same of the image in which it is largest
     * @param largestError largest difference of a level
     * @param drawnRight as above
     */
    public record Vqgan(
            String precision,
            double meanError,
            double worstError,
            int largestError,
            @Nullable Integer drawnRight) {}
}
