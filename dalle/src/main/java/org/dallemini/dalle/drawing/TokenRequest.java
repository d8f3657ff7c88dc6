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
 * @param prefix tokens of the image that are given and not drawn, from the first on, or {@link #DRAWN}; at most as many
 *     as an image has
 */
public record TokenRequest(
        String text, @Nullable String negativeText, long seed, SamplingParameters parameters, int... prefix) {
    /** In the place of a token that is drawn among those that are given. */
    public static final int DRAWN = -1;
}
