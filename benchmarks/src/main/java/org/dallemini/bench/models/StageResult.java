package org.dallemini.bench.models;

import org.jspecify.annotations.Nullable;

/**
 * How fast one stage's model is, alone.
 *
 * @param stage {@code tokens} or {@code vqgan}
 * @param model name of its folder
 * @param precision as the stage's setting
 * @param batch images that are drawn together
 * @param threads of one computation
 * @param spinning whether idle threads wait in a busy loop
 * @param samples steps (tokens) or images (vqgan) that were timed
 * @param msPerStep median time of a step of the whole batch, sampling included; tokens only
 * @param msPerStepP95 95th percentile of the same
 * @param msPerText median time to read and encode a prompt; tokens only
 * @param secondsPerImage of processing, if images follow each other without a gap
 * @param imagesPerSecond the inverse
 * @param openSeconds to open a model that is prepared already
 * @param residentMb memory of the process at the end, in MB
 * @param peakMb the most that it ever was
 */
public record StageResult(
        String stage,
        String model,
        String precision,
        int batch,
        int threads,
        boolean spinning,
        int samples,
        @Nullable Double msPerStep,
        @Nullable Double msPerStepP95,
        @Nullable Double msPerText,
        double secondsPerImage,
        double imagesPerSecond,
        double openSeconds,
        double residentMb,
        double peakMb) {
    public static final String TOKENS = "tokens", VQGAN = "vqgan";
}
