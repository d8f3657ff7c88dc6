package org.dallemini.ingest.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.dallemini.events.ModerationDecision;
import org.dallemini.events.ModerationOutcome;
import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.intake.IntakeTopology;
import org.dallemini.prompt.Verdict.Refused;
import org.dallemini.serde.EventSerdes;
import org.dallemini.stage.Failures;
import org.dallemini.stage.LazyProducer;
import org.dallemini.stage.config.StageConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refusals to the topic {@code moderation}, on a thread of its own: nobody waits for Kafka to be told no. What
 * cannot be written is lost, and counted; the log tells when that begins. So is what exceeds {@value #PER_MINUTE} a
 * minute of one key, which is no use to anybody who reads the list. Thread-safe.
 */
public final class KafkaRefusalLog implements RefusalLog, AutoCloseable {
    static final int PER_MINUTE = 600;

    private static final Logger log = LoggerFactory.getLogger(KafkaRefusalLog.class);
    private static final int MOST_WAITING = 1000;
    private static final Duration MAX_BLOCK = Duration.ofSeconds(10), DELIVERY = Duration.ofSeconds(30);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    /** Losses that are further apart are told one by one. */
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private final String topic;
    private final Serializer<ModerationDecision> serializer;
    private final LazyProducer producer;
    private final Supplier<String> freshId;
    private final InstantSource clock;
    private final Counter lost;
    private final RateLimit rate = new RateLimit(PER_MINUTE, System::nanoTime);
    private final ThreadPoolExecutor writer;
    private long lastLoss = System.nanoTime() - 2 * QUIET_NANOS;

    /**
     * Waits for no broker.
     *
     * @param freshId draws what nobody else has drawn
     */
    public KafkaRefusalLog(StageConfig config, Supplier<String> freshId, InstantSource clock, MeterRegistry meters) {
        this.topic = config.topics().moderation();
        this.serializer = EventSerdes.serializer(config.serde());
        this.freshId = freshId;
        this.clock = clock;
        this.lost = Counter.builder("dallemini.filter.decisions.lost")
                .description(
                        "Refusals of the HTTP API that are missing in the log of decisions: too many, or Kafka away")
                .register(meters);
        Map<String, Object> settings = new HashMap<>(Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                config.getString(StageConfig.TOPIC_PREFIX) + "api-refusals",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                MAX_BLOCK.toMillis(),
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) MAX_BLOCK.toMillis(),
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) DELIVERY.toMillis()));
        settings.putAll(config.producer());
        this.producer = new LazyProducer(settings);
        this.writer = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> {
                    Thread thread = new Thread(task, "api-refusals");
                    thread.setDaemon(true);
                    return thread;
                },
                (task, executor) -> lose("more come than Kafka takes"));
    }

    @Override
    public void write(Caller caller, PromptRequest prompt, Refused why) {
        try {
            rate.take(caller);
        } catch (RefusedRequestException e) {
            lose("more than " + PER_MINUTE + " a minute of "
                    + (caller.name().isEmpty() ? "one caller" : "the key " + caller.name()));
            return;
        }
        ModerationDecision decision = decision(caller, prompt, why);
        writer.execute(() -> write(decision));
    }

    private ModerationDecision decision(Caller caller, PromptRequest prompt, Refused why) {
        return ModerationDecision.newBuilder()
                .setSubject(String.valueOf(prompt.getId()))
                .setJobId(String.valueOf(prompt.getJobId()))
                .setDecision(ModerationOutcome.REFUSED)
                .setStage(IntakeTopology.NAME)
                .setReason("refused by the HTTP API"
                        + (caller.name().isEmpty() ? "" : " to the key " + caller.name())
                        + " and not published: " + why.message())
                .setDecidedAt(clock.instant())
                .build();
    }

    private void write(ModerationDecision decision) {
        try {
            byte[] value = serializer.serialize(topic, decision);
            producer.get().send(new ProducerRecord<>(topic, key(), value), (place, failure) -> {
                if (failure != null) {
                    lose(Failures.describe(failure));
                }
            });
        } catch (RuntimeException e) { // of several types, of Kafka's, the registry's and wrong settings
            lose(Failures.describe(e));
        }
    }

    /** No id and no dead letter, and nobody can choose it: ids are the callers', who would replace what others did. */
    private byte[] key() {
        return ("api " + freshId.get()).getBytes(StandardCharsets.UTF_8);
    }

    private synchronized void lose(String why) {
        lost.increment();
        long now = System.nanoTime();
        if (now - lastLoss > QUIET_NANOS) {
            log.warn(
                    "Refusals of prompts are not written to {}: {}. dallemini_filter_decisions_lost_total counts them.",
                    topic,
                    why);
        }
        lastLoss = now;
    }

    /** Gives what is on its way some seconds. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.shutdownNow().forEach(task -> lose("the process ends"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
