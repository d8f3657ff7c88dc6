package org.dallemini.tokens.batch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dallemini.events.ModelInfo;

/** What the batch does, for the metrics page. */
final class BatchMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Timer steps;
    private final Counter imageSteps;
    private final AtomicInteger images = new AtomicInteger();
    private final Gauge occupancy;
    private final Gauge capacity;
    private final Gauge model;

    BatchMeters(MeterRegistry registry, ModelInfo info, int slots) {
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
        model = Gauge.builder("dallemini.token.model", () -> 1)
                .description("The BART that this process runs")
                .tags("name", info.getName(), "revision", info.getRevision(), "precision", info.getPrecision())
                .register(registry);
    }

    void occupied(int count) {
        images.set(count);
    }

    void stepped(int count, long nanos) {
        steps.record(nanos, TimeUnit.NANOSECONDS);
        imageSteps.increment(count);
    }

    @Override
    public void close() {
        registry.remove(occupancy);
        registry.remove(capacity);
        registry.remove(model);
    }
}
