package org.dallemini.stage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Names of the pipeline's own metrics in Micrometer's spelling; Prometheus reads {@code dallemini.items} as
 * {@code dallemini_items_total}.
 */
public final class Metrics {
    /** Counter: input records done with, by {@link #STAGE} and {@link #OUTCOME}. */
    public static final String ITEMS = "dallemini.items";
    /** Gauge: input records read but not committed yet, by {@link #STAGE}. */
    public static final String INFLIGHT_ITEMS = "dallemini.inflight.items";
    /** Gauge: input records without a committed result, by {@link #STAGE} and {@link #TOPIC}. */
    public static final String BACKLOG_ITEMS = "dallemini.backlog.items";
    /** Timer: from the arrival of an input record to the commit of its result, by {@link #STAGE}. */
    public static final String STAGE_DURATION = "dallemini.stage.duration";
    /** Counter: transactions that were aborted and tried again, by {@link #STAGE}. */
    public static final String ABORTED_TRANSACTIONS = "dallemini.aborted.transactions";
    /** Gauge: 1 while the stage is ready, else 0, by {@link #STAGE}. */
    public static final String STAGE_READY = "dallemini.stage.ready";

    /** Tag: name of the stage. */
    public static final String STAGE = "stage";
    /** Tag: name of an input topic, which is a lane of its own. */
    public static final String TOPIC = "topic";
    /** Tag: {@code completed}, or the {@link ErrorCode#code()} of a dead letter. */
    public static final String OUTCOME = "outcome";

    private Metrics() {}

    /** {@link #ITEMS} of a stage and an outcome. */
    public static Counter items(MeterRegistry registry, String stage, String outcome) {
        return Counter.builder(ITEMS)
                .description("Input records done with, by what became of them")
                .tags(STAGE, stage, OUTCOME, outcome)
                .register(registry);
    }

    /** Shows {@link #ITEMS} from the start: of a counter that begins at 1, nobody sees the first increase. */
    public static void showItems(MeterRegistry registry, String stage, String... outcomes) {
        for (String outcome : outcomes) {
            items(registry, stage, outcome);
        }
    }

    /** The same of the codes of dead letters. */
    public static void showDeadLetters(MeterRegistry registry, String stage) {
        for (ErrorCode code : ErrorCode.values()) {
            items(registry, stage, code.code());
        }
    }
}
