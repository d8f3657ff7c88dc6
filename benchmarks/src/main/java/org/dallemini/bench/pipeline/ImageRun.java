package org.dallemini.bench.pipeline;

import org.dallemini.events.StoredImage;

/**
 * An image that went through the pipeline. Times in milliseconds since 1970.
 *
 * @param scheduled when the prompt was to be published
 * @param published when it was
 * @param seen when the completion event was read, committed
 * @param image the event, with the timing of the stages
 */
record ImageRun(double scheduled, double published, double seen, StoredImage image) {

    double latency() {
        return seen - scheduled;
    }

    double total() {
        return seen - published;
    }

    /** From the prompt's publication until the token generator took the image in. */
    double waitForTokens() {
        return tokensBegan() - published;
    }

    double tokens() {
        return image.getTokenTiming().getDurationMillis();
    }

    double waitForDecoder() {
        return decoderBegan() - (tokensBegan() + tokens());
    }

    /** VQGAN and PNG. */
    double decoding() {
        return image.getDecodeTiming().getDurationMillis();
    }

    double waitForSink() {
        return sinkBegan() - (decoderBegan() + decoding());
    }

    double storing() {
        return image.getStoreTiming().getDurationMillis();
    }

    /** From the stored object to the committed event at its reader. */
    double waitForEvent() {
        return seen - (sinkBegan() + storing());
    }

    double outsideModels() {
        return total() - tokens() - decoding();
    }

    private long tokensBegan() {
        return image.getTokenTiming().getStartedAt().toEpochMilli();
    }

    private long decoderBegan() {
        return image.getDecodeTiming().getStartedAt().toEpochMilli();
    }

    private long sinkBegan() {
        return image.getStoreTiming().getStartedAt().toEpochMilli();
    }
}
