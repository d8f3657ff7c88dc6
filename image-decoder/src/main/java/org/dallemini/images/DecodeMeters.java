package org.dallemini.images;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import org.dallemini.events.ModelInfo;

/** What the decoder does, for the metrics page. */
final class DecodeMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Timer decodes;
    private final Timer encodings;
    private final Timer previews;
    private final Counter beyondCodebook;
    private final Gauge model;

    DecodeMeters(MeterRegistry registry, ModelInfo info) {
        this.registry = registry;
        decodes = Timer.builder("dallemini.image.decodes")
                .description("From image tokens to pixels, one image")
                .publishPercentileHistogram()
                .register(registry);
        encodings = Timer.builder("dallemini.image.encodings")
                .description("From pixels to a PNG file, one image")
                .register(registry);
        previews = Timer.builder("dallemini.preview.decodes")
                .description("From the tokens of an image that is being drawn to pixels, one image")
                .register(registry);
        beyondCodebook = Counter.builder("dallemini.tokens.beyond.codebook")
                .description("Image tokens that the VQGAN has no code for; decoded as its last code")
                .register(registry);
        model = Gauge.builder("dallemini.decoder.model", () -> 1)
                .description("The VQGAN that this process runs")
                .tags("name", info.getName(), "revision", info.getRevision(), "precision", info.getPrecision())
                .register(registry);
    }

    <T> T decoding(Supplier<T> work) {
        return record(decodes, work);
    }

    <T> T encoding(Supplier<T> work) {
        return record(encodings, work);
    }

    <T> T previewing(Supplier<T> work) {
        return record(previews, work);
    }

    /** Unlike Timer.record, counts only what succeeds. */
    private static <T> T record(Timer timer, Supplier<T> work) {
        Timer.Sample sample = Timer.start();
        T result = work.get();
        sample.stop(timer);
        return result;
    }

    void beyondCodebook(long tokens) {
        beyondCodebook.increment(tokens);
    }

    @Override
    public void close() {
        registry.remove(model);
    }
}
