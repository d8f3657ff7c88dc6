package org.dallemini.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.PromptIngestConfig;
import org.dallemini.ingest.http.Caller;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.stage.ErrorCode;
import org.junit.jupiter.api.Test;

class KafkaRefusalLogTest {
    private static final Refused REFUSED = new Refused(ErrorCode.CONTENT_POLICY, "/text", "text falls under \"x\".");
    private static final PromptRequest PROMPT = PromptRequest.newBuilder()
            .setId("p")
            .setJobId("j")
            .setText("never told")
            .build();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private KafkaRefusalLog withoutKafka() {
        PromptIngestConfig config = new PromptIngestConfig(new HashMap<>(Map.of(
                "bootstrap.servers", "kafka.invalid:9092",
                "schema.registry.url", "http://registry.invalid:8081")));
        return new KafkaRefusalLog(config.stage(), () -> "fresh", InstantSource.fixed(Instant.EPOCH), meters);
    }

    private int lost() {
        return (int) meters.counter("dallemini.filter.decisions.lost").count();
    }

    @Test
    void shouldKeepNobodyWaitingAndCountWhatIsLostWhileKafkaIsAway() {
        try (KafkaRefusalLog log = withoutKafka()) {
            // When
            long begin = System.nanoTime();
            log.write(Caller.ANYBODY, PROMPT, REFUSED);
            log.write(Caller.ANYBODY, PROMPT, REFUSED);
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);

            // Then
            assertThat(waited).isLessThan(Duration.ofSeconds(2));
            await().atMost(Duration.ofSeconds(30)).until(() -> lost() == 2);
        }
    }

    @Test
    void shouldNotFillTheTopicWithOneKeysFlood() {
        // Given
        Caller flooding = new Caller("flooding");
        Caller other = new Caller("other");
        int most = KafkaRefusalLog.PER_MINUTE;
        KafkaRefusalLog log = withoutKafka();

        // When
        for (int i = 0; i < 10_000; i++) {
            log.write(flooding, PROMPT, REFUSED);
        }
        int beyond = lost();
        log.write(other, PROMPT, REFUSED);
        log.close();

        // Then: about as many as may come in a minute are tried, and every one is accounted for
        assertThat(beyond).isBetween(10_000 - 2 * most, 10_000);
        assertThat(lost()).isEqualTo(10_001);
    }
}
