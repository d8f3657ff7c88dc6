package org.dallemini.ingest.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.Metrics;

/** Counts prompts by what became of them. A record that is read again after a failure counts again. */
public final class IntakeMetrics {
    private static final String COMPLETED = "completed";
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
        Metrics.showItems(meters, stage, COMPLETED, DUPLICATE);
        Metrics.showDeadLetters(meters, stage);
    }

    void accepted(int count) {
        outcome(COMPLETED);
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
        Metrics.items(meters, stage, outcome).increment();
    }
}
