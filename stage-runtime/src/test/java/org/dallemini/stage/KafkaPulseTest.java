package org.dallemini.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class KafkaPulseTest {
    private final Map<MetricName, Metric> metrics = new HashMap<>();
    private long now = 100;
    private final KafkaPulse pulse = new KafkaPulse(List.of("one:9092", "two:9092"), () -> now);

    private void metric(String client, String name, double value) {
        var key = new MetricName(name, "consumer-metrics", "", Map.of("client-id", client));
        metrics.put(key, new Metric() {
            @Override
            public MetricName metricName() {
                return key;
            }

            @Override
            public Object metricValue() {
                return value;
            }
        });
    }

    private String after(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        return pulse.trouble(metrics);
    }

    @Test
    void shouldTellSilenceFromQuiet() {
        metric("c", "connection-count", 2.0);
        metric("c", "incoming-byte-total", 1000.0);
        assertThat(after(0)).isEmpty();
        assertThat(after(7)).isEmpty();
        assertThat(after(2)).isEqualTo("Kafka at one:9092,two:9092 does not answer, though it is connected");

        metric("c", "incoming-byte-total", 1010.0);
        assertThat(after(0)).isEmpty();
        metric("c", "incoming-byte-total", 1020.0);
        assertThat(after(60)).describedAs("nobody asked for a minute").isEmpty();
    }

    @Test
    void shouldSayThatThereIsNoConnection() {
        metric("c", "connection-count", 0.0);

        assertThat(after(0)).isEqualTo("no connection to Kafka at one:9092,two:9092");
    }

    @Test
    void shouldNotRelyOnTheConsumerThatRestores() {
        metric("app-StreamThread-1-restore-consumer", "connection-count", 1.0);
        metric("app-StreamThread-1-consumer", "connection-count", 0.0);

        assertThat(after(0)).startsWith("no connection");
    }
}
