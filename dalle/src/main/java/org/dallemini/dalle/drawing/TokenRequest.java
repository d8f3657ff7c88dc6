package org.dallemini.dalle.drawing;

import org.dallemini.dalle.sampling.SamplingParameters;
import org.jspecify.annotations.Nullable;

/**
 * One image to draw.
 *
 * @param text the prompt as it was given
 * @param negativeText replaces the unconditional text of guidance; null or empty for none
 * @param seed of the image; 0 to 2^32 - 1 are the seeds of the original
 * @param parameters how to draw
 * @param prefix the first tokens of the image, which are not drawn; fewer than an image has
 */
public record TokenRequest(
        String text, @Nullable String negativeText, long seed, SamplingParameters parameters, int... prefix) {}
