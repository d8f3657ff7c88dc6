package org.dallemini.ingest.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Metrics;

/** Counts prompts by what became of them. A record that is read again after a failure counts again. */
public final class IntakeMetrics {
    private static final String DUPLICATE = "duplicate";

    private final MeterRegistry meters;
    private final String stage;
    private final Counter images;

    public IntakeMetrics(MeterRegistry meters, String stage) {
        this.meters = meters;
        this.stage = stage;
        this.images = Counter.builder("dallemini.image.requests")
                .description("Image requests that prompts were expanded into")
                .tag(Metrics.STAGE, stage)
                .register(meters);
    }

    void accepted(int count) {
        outcome("completed");
        images.increment(count);
    }

    /** The same prompt has come again and is dropped. */
    void duplicate() {
        outcome(DUPLICATE);
    }

    void refused(ErrorCode code) {
        outcome(code.code());
    }

    private void outcome(String outcome) {
        meters.counter(Metrics.ITEMS, Metrics.STAGE, stage, Metrics.OUTCOME, outcome)
                .increment();
    }
}
