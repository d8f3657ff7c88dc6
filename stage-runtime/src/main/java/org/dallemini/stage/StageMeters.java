package org.dallemini.stage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** The metrics of one stage and of its Kafka clients; what describes the moment is gone after {@link #close}. */
final class StageMeters implements AutoCloseable {
    private static final String COMPLETED = "completed";

    private final MeterRegistry registry;
    private final String stage;
    private final Tags tags;
    private final Timer duration;
    private final Counter aborted;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Meter> gauges = new ArrayList<>();
    private @Nullable KafkaClientMetrics consumer;
    private @Nullable KafkaClientMetrics producer;

    StageMeters(MeterRegistry registry, String stage, BooleanSupplier ready) {
        this.registry = registry;
        this.stage = stage;
        this.tags = Tags.of(Metrics.STAGE, stage);
        this.duration = Timer.builder(Metrics.STAGE_DURATION)
                .description("From the arrival of an input record to the commit of its result")
                .tags(tags)
                .publishPercentileHistogram()
                .register(registry);
        gauges.add(Gauge.builder(Metrics.INFLIGHT_ITEMS, inFlight, AtomicInteger::get)
                .description("Input records read but not committed yet")
                .tags(tags)
                .register(registry));
        gauges.add(Gauge.builder(Metrics.STAGE_READY, ready, r -> r.getAsBoolean() ? 1 : 0)
                .description("1 while the stage is ready")
                .tags(tags)
                .strongReference(true) // nobody else holds the function: the gauge would soon be NaN
                .register(registry));
        this.aborted = Counter.builder(Metrics.ABORTED_TRANSACTIONS)
                .description("Transactions that were aborted and tried again")
                .tags(tags)
                .register(registry);
        Metrics.showItems(registry, stage, COMPLETED);
        Metrics.showDeadLetters(registry, stage);
    }

    void show(Backlog backlog, List<String> topics) {
        for (String topic : topics) {
            gauges.add(Gauge.builder(Metrics.BACKLOG_ITEMS, backlog, b -> b.of(topic))
                    .description("Input records of this process's partitions without a committed result, in hand or"
                            + " waiting; NaN until they are counted")
                    .tags(tags.and(Metrics.TOPIC, topic))
                    .register(registry));
        }
    }

    void inFlight(int records) {
        inFlight.set(records);
    }

    void committed(InFlightRecord<?, ?> record) {
        duration.record(System.nanoTime() - record.arrivedNanos(), TimeUnit.NANOSECONDS);
        String outcome = record.outcome() instanceof Outcome.Rejected<?> rejected
                ? rejected.code().code()
                : COMPLETED;
        Metrics.items(registry, stage, outcome).increment();
    }

    void aborted() {
        aborted.increment();
    }

    void bind(Consumer<?, ?> client) {
        consumer = new KafkaClientMetrics(client, tags);
        consumer.bindTo(registry);
    }

    void bind(Producer<?, ?> client) {
        unbind();
        producer = new KafkaClientMetrics(client, tags);
        producer.bindTo(registry);
    }

    void unbind() {
        if (producer != null) {
            producer.close();
            producer = null;
        }
    }

    @Override
    public void close() {
        unbind();
        if (consumer != null) {
            consumer.close();
        }
        gauges.forEach(registry::remove);
    }
}
