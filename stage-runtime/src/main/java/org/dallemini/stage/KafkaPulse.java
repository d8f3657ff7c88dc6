package org.dallemini.stage;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Tells whether Kafka answers. Consumers keep silent about it, but their metrics do not: a live member of a group gets
 * an answer to its heartbeat every three seconds, or whatever {@code heartbeat.interval.ms} says. Thread-safe.
 */
public final class KafkaPulse {
    /** Longer than two heartbeats, shorter than the session of ten seconds that the broker allows. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(8);

    /** Kafka Streams polls these only while it restores: they would not notice. */
    private static final String RESTORING = "-restore-consumer";

    private final String servers;
    private final LongSupplier nanoTime;
    private double received = -1;
    private long sinceNanos;

    /** @param bootstrapServers for the message */
    public KafkaPulse(List<String> bootstrapServers) {
        this(bootstrapServers, System::nanoTime);
    }

    KafkaPulse(List<String> bootstrapServers, LongSupplier nanoTime) {
        this.servers = String.join(",", bootstrapServers);
        this.nanoTime = nanoTime;
    }

    /**
     * What is wrong, for people; empty if nothing is. Silence is noticed by comparing with the call before.
     *
     * @param metrics of consumers that are members of a group, and of whatever clients else
     */
    public synchronized String trouble(Map<MetricName, ? extends Metric> metrics) {
        if (sum(metrics, "connection-count") <= 0) {
            return "no connection to Kafka at " + servers;
        }
        double bytes = sum(metrics, "incoming-byte-total");
        long now = nanoTime.getAsLong();
        if (bytes != received) {
            received = bytes;
            sinceNanos = now;
        }
        return now - sinceNanos > MAX_SILENCE.toNanos()
                ? "Kafka at " + servers + " does not answer, though it is connected"
                : "";
    }

    private static double sum(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name)
                        && metric.getKey().group().equals("consumer-metrics")
                        && !metric.getKey().tags().getOrDefault("client-id", "").endsWith(RESTORING))
                .mapToDouble(metric -> metric.getValue().metricValue() instanceof Double value ? value : 0)
                .sum();
    }
}
