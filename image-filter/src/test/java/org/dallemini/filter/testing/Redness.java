package org.dallemini.filter.testing;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.dallemini.dalle.vqgan.RgbImage;
import org.dallemini.filter.FilterSettings;
import org.dallemini.filter.ImageClassifier;
import org.dallemini.filter.ImageFilter;
import org.dallemini.filter.Scores;

/**
 * A stand-in for the classifier, whose score is the red of the first pixel: no test needs a picture that is not
 * harmless.
 */
public final class Redness implements ImageClassifier {
    private volatile boolean broken;
    private volatile boolean closed;

    /** A filter that asks this. */
    public ImageFilter filter(Map<String, String> settings, MeterRegistry metrics) {
        return ImageFilter.of(FilterSettings.of(settings), () -> this, metrics);
    }

    /** From now on nothing can be judged, or everything again. */
    public void setBroken(boolean broken) {
        this.broken = broken;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public String name() {
        return "redness";
    }

    @Override
    public Scores classify(RgbImage image) {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        float red = Byte.toUnsignedInt(image.rgb()[0]) / 255f;
        return Scores.of(0, 0, 1 - red, red, 0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
