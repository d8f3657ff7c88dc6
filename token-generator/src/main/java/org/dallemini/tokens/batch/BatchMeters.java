package org.dallemini.tokens.batch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the batch does, for the metrics page. */
final class BatchMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Timer steps;
    private final Counter imageSteps;
    private final AtomicInteger images = new AtomicInteger();
    private final Gauge occupancy;
    private final Gauge capacity;

    BatchMeters(MeterRegistry registry, int slots) {
        this.registry = registry;
        steps = Timer.builder("dallemini.token.steps")
                .description("Steps of the decoder, drawing included; each draws one token of every image in the batch")
                .register(registry);
        imageSteps = Counter.builder("dallemini.tokens")
                .description("Image tokens drawn")
                .register(registry);
        occupancy = Gauge.builder("dallemini.batch.images", images, AtomicInteger::get)
                .description("Images being drawn")
                .register(registry);
        capacity = Gauge.builder("dallemini.batch.slots", () -> slots)
                .description("Images that can be drawn at a time")
                .register(registry);
    }

    void occupied(int count) {
        images.set(count);
    }

    /** A step of so many images. */
    void stepped(int count, long nanos) {
        steps.record(nanos, TimeUnit.NANOSECONDS);
        imageSteps.increment(count);
    }

    @Override
    public void close() {
        registry.remove(occupancy);
        registry.remove(capacity);
    }
}
