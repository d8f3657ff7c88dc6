package org.dallemini.ingest.webhooks;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.jobs.JobHeaders;
import org.dallemini.ingest.streams.Alarm;
import org.dallemini.prompt.EventType;
import org.dallemini.prompt.Webhook;
import org.dallemini.schemas.Topics;
import org.dallemini.stage.DeadLetters;
import org.dallemini.stage.Metrics;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is still to be delivered in a store, and hands it to the {@link Sender} when it is due. What is known of
 * attempts under way is in memory alone: after a crash they are made again.
 */
final class DeliveryProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    /** Deliveries by {@link Delivery#key}. */
    static final String PENDING = "pending";

    /** The end of each job that was reported, by its id: it is not reported twice. */
    static final String ENDED = "ended";

    static final Duration INTERVAL = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(DeliveryProcessor.class);

    private final Topics topics;
    private final EventReader reader;
    private final Sender sender;
    private final RetrySchedule schedule;
    private final MeterRegistry meters;

    /** Receivers for whom something is kept, and when to look at them next; who was served last comes last. */
    private final Map<String, Long> receivers = new LinkedHashMap<>();

    private final Set<String> inFlight = new HashSet<>();
    private final Queue<Ended> attempts = new ConcurrentLinkedQueue<>();
    private @Nullable Alarm alarm;
    private @Nullable KeyValueStore<String, Delivery> pending;
    private @Nullable KeyValueStore<String, String> ended;

    /** @param key of the delivery that was attempted */
    private record Ended(String key, DeliveryOutcome outcome) {}

    DeliveryProcessor(Topics topics, EventReader reader, Sender sender, RetrySchedule schedule, MeterRegistry meters) {
        this.topics = topics;
        this.reader = reader;
        this.sender = sender;
        this.schedule = schedule;
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        KeyValueStore<String, Delivery> store = context.getStateStore(PENDING);
        this.pending = store;
        this.ended = context.getStateStore(ENDED);
        for (String key = firstKey(store, "", null); key != null; ) {
            String origin = Delivery.originOf(key);
            receivers.put(origin, Delivery.nextAtOf(key));
            key = firstKey(store, Delivery.end(origin), null);
        }
        this.alarm = new Alarm(context, this::sendDue);
        setAlarm(context.currentSystemTimeMs());
    }

    private static @Nullable String firstKey(KeyValueStore<String, Delivery> store, String from, @Nullable String to) {
        try (KeyValueIterator<String, Delivery> some = store.range(from, to)) {
            return some.hasNext() ? some.peekNextKey() : null;
        }
    }

    private KeyValueStore<String, Delivery> pending() {
        return Objects.requireNonNull(pending, "init() has not been called");
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        String topic = context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("A record from a topic always has its place"))
                .topic();
        read(topic, record).ifPresent(this::keep);
        setAlarm(context().currentSystemTimeMs());
    }

    private Optional<Delivery> read(String topic, Record<byte[], byte[]> record) {
        try {
            if (topic.equals(topics.jobImages())) {
                return deleted(record);
            }
            return topic.equals(topics.jobs()) ? job(record) : image(record);
        } catch (RejectedRecordException e) {
            log.warn("Nobody is told of a record of {}: {}", topic, e.problem());
            return Optional.empty();
        } catch (KafkaException e) {
            throw e; // the registry's trouble, or the store's
        } catch (RuntimeException e) {
            log.error("Nobody is told of a record of {}, which cannot be read", topic, e);
            return Optional.empty();
        }
    }

    private Optional<Delivery> image(Record<byte[], byte[]> record) throws RejectedRecordException {
        Webhook webhook = Webhook.ifValid(record.headers()).orElse(null);
        if (webhook == null || !webhook.events().contains(EventType.IMAGE_STORED)) {
            return Optional.empty();
        }
        return Optional.of(
                EventReader.of(reader.image(record), webhook.url(), context().currentSystemTimeMs()));
    }

    /** A record that takes an image out of its job's, and says that it was deleted. */
    private Optional<Delivery> deleted(Record<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        String at = JobHeaders.text(record.headers(), JobHeaders.DELETED_AT);
        Webhook webhook = Webhook.ifValid(record.headers()).orElse(null);
        if (webhook == null || key == null || value != null || at == null) {
            return Optional.empty();
        }
        return webhook.events().contains(EventType.IMAGE_DELETED)
                ? Optional.of(EventReader.deleted(
                        text(key), at, webhook.url(), context().currentSystemTimeMs()))
                : Optional.empty();
    }

    private Optional<Delivery> job(Record<byte[], byte[]> record) throws RejectedRecordException {
        KeyValueStore<String, String> ends = Objects.requireNonNull(ended, "init() has not been called");
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        Webhook webhook = Webhook.ifValid(record.headers()).orElse(null);
        if (key != null && value == null) {
            ends.delete(text(key)); // the job is forgotten
        }
        if (webhook == null || value == null) {
            return Optional.empty();
        }
        JobStatus job = reader.job(record);
        EventType end = EventType.of(job.getState()).orElse(null);
        if (end == null) {
            ends.delete(job.getJobId()); // what failed is replayed, or more has come
            return Optional.empty();
        }
        if (end.text().equals(ends.get(job.getJobId()))) {
            return Optional.empty();
        }
        ends.put(job.getJobId(), end.text());
        return webhook.events().contains(end)
                ? Optional.of(EventReader.of(end, job, webhook.url(), context().currentSystemTimeMs()))
                : Optional.empty();
    }

    private void keep(Delivery delivery) {
        pending().put(delivery.key(), delivery);
        receivers.merge(delivery.origin(), delivery.nextAt(), Math::min);
    }

    private void sendDue(long now) {
        for (Ended attempt = attempts.poll(); attempt != null; attempt = attempts.poll()) {
            settle(attempt, now);
        }
        for (Map.Entry<String, Long> receiver : new ArrayList<>(receivers.entrySet())) {
            if (receiver.getValue() <= now) {
                serve(receiver.getKey(), now);
            }
        }
        setAlarm(now);
    }

    /** While attempts are under way, to learn how they end; else when the next is due. */
    private void setAlarm(long now) {
        if (!inFlight.isEmpty()) {
            Objects.requireNonNull(alarm).setIn(INTERVAL);
        } else if (!receivers.isEmpty()) {
            long due = Collections.min(receivers.values());
            Objects.requireNonNull(alarm).setIn(Duration.ofMillis(Math.max(INTERVAL.toMillis(), due - now)));
        }
    }

    /** Sends what is due, as far as there is room; the rest is looked at again with the next interval. */
    private void serve(String origin, long now) {
        try (KeyValueIterator<String, Delivery> due =
                pending().range(Delivery.begin(origin), Delivery.due(origin, now))) {
            while (due.hasNext()) {
                KeyValue<String, Delivery> next = due.next();
                if (inFlight.contains(next.key)) {
                    continue;
                }
                if (!sender.send(next.value, outcome -> attempts.add(new Ended(next.key, outcome)))) {
                    receivers.remove(origin);
                    receivers.put(origin, now);
                    return;
                }
                inFlight.add(next.key);
            }
        }
        String later = firstKey(pending(), Delivery.due(origin, now), Delivery.end(origin));
        receivers.remove(origin);
        if (later != null) {
            receivers.put(origin, Delivery.nextAtOf(later));
        }
    }

    private void settle(Ended attempt, long now) {
        inFlight.remove(attempt.key());
        Delivery delivery = pending().delete(attempt.key());
        if (delivery == null) {
            return;
        }
        if (attempt.outcome() instanceof DeliveryOutcome.Failed failed) {
            retry(delivery, failed, now);
        } else if (attempt.outcome() instanceof DeliveryOutcome.Gone) {
            giveUp(delivery, "the receiver answers 410: it wants no more of this", now);
        } else {
            count("completed");
        }
    }

    private void retry(Delivery delivery, DeliveryOutcome.Failed failed, long now) {
        Duration pause =
                schedule.pause(delivery.attempts() + 1, failed.retryAfter()).orElse(null);
        if (pause == null) {
            giveUp(delivery, failed.why(), now);
            return;
        }
        log.info(
                "{} could not be told {} of {}: {}; again in {} s",
                delivery.origin(),
                delivery.type(),
                delivery.subject(),
                failed.why(),
                pause.toSeconds());
        count("retried");
        keep(delivery.again(now + pause.toMillis()));
    }

    private void giveUp(Delivery delivery, String why, long now) {
        log.warn(
                "{} was not told {} of {}, for good after {} attempts: {}",
                delivery.origin(),
                delivery.type(),
                delivery.subject(),
                delivery.attempts() + 1,
                why);
        count("dead-letter");
        Headers headers = new RecordHeaders();
        add(headers, "webhook-id", delivery.id());
        add(headers, Webhook.URL, delivery.url());
        add(headers, DeadLetters.MESSAGE, why);
        add(headers, DeadLetters.STAGE, Webhooks.NAME);
        add(headers, DeadLetters.ATTEMPTS, Integer.toString(delivery.attempts() + 1));
        context().forward(new Record<>(bytes(delivery.subject()), bytes(delivery.body()), now, headers));
    }

    private void count(String outcome) {
        Metrics.items(meters, Webhooks.NAME, outcome).increment();
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, bytes(value));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
