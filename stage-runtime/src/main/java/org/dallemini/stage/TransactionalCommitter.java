package org.dallemini.stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.dallemini.stage.HealthDetails.Source;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts finished records and the offsets of their inputs into one short transaction. Loop thread only.
 *
 * <p>Records leave their backlog only when {@code commitTransaction} has returned; whatever fails before, the
 * transaction is aborted and the same records go again. If even the abort fails, which state the transaction is in is
 * unknown: a new producer's {@code initTransactions} settles it, after which the committed offsets tell which records
 * are in.
 */
final class TransactionalCommitter<I, O extends SpecificRecord> implements AutoCloseable {
    /** Keeps a transaction well inside its timeout when a long backlog of large results has gathered. */
    private static final long MAX_BYTES = 16 << 20;

    private static final Duration REFUSAL = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** Commits take milliseconds; while one hangs, the consumer is not polled and notices nothing either. */
    private static final Duration LONG_COMMIT = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(TransactionalCommitter.class);

    private final String stage;
    private final Consumer<byte[], byte[]> consumer;
    private final ProducerFactory producers;
    private final OutputEncoder<I, O> encoder;
    private final HealthDetails healthDetails;
    private final StageMeters meters;
    private final Backoff backoff = new Backoff();
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable ConsumerGroupMetadata refused;
    private long refusedNanos;
    private boolean hasFailed;
    private volatile boolean committing;
    private volatile long begunNanos;

    /** Makes the transactional producer, and a new one in place of a failed one. */
    interface ProducerFactory {
        Producer<byte[], byte[]> create();
    }

    TransactionalCommitter(
            String stage,
            Consumer<byte[], byte[]> consumer,
            ProducerFactory producers,
            OutputEncoder<I, O> encoder,
            HealthDetails healthDetails,
            StageMeters meters) {
        this.stage = stage;
        this.consumer = consumer;
        this.producers = producers;
        this.encoder = encoder;
        this.healthDetails = healthDetails;
        this.meters = meters;
    }

    /** A record on its way into the transaction, with what its send will tell. */
    private record Sent<I, O>(InFlightRecord<I, O> record, Future<RecordMetadata> done) {}

    /** Whether there is a producer; without one, or in a pause after a failure, {@link #commit} does nothing. */
    boolean isOpen() {
        return producer != null;
    }

    /**
     * Sees to it that there is a producer, if it is time to try. Before the first subscription this aborts what a
     * killed predecessor of the same name left open; later it finds out what became of an unknown transaction.
     *
     * @param backlogs all that are assigned
     */
    void open(Map<TopicPartition, PartitionBacklog<I, O>> backlogs) {
        if (producer != null || !backoff.isOver()) {
            return;
        }
        Producer<byte[], byte[]> next = null;
        try {
            next = producers.create();
            next.initTransactions();
            if (!backlogs.isEmpty()) {
                consumer.committed(backlogs.keySet()).forEach((partition, offset) -> {
                    PartitionBacklog<I, O> backlog = backlogs.get(partition);
                    if (offset != null && backlog != null) {
                        backlog.dropBelow(offset);
                    }
                });
            }
            producer = next;
            meters.bind(next);
            backoff.succeeded();
            healthDetails.clear(Source.COMMIT);
        } catch (RuntimeException e) {
            if (next != null) {
                next.close(Duration.ZERO);
            }
            rethrowIfFatal(e);
            outage("Kafka: " + Failures.describe(e));
        }
    }

    /**
     * Commits the finished records at the head of these backlogs, and of backlogs without records how far they have
     * been read.
     *
     * @param offsetsAlone whether the latter is worth a transaction of its own
     * @return whether anything was committed
     */
    boolean commit(Map<TopicPartition, PartitionBacklog<I, O>> backlogs, boolean offsetsAlone) {
        hasFailed = false;
        Producer<byte[], byte[]> current = producer;
        if (current == null || !backoff.isOver()) {
            return false;
        }
        Map<TopicPartition, List<InFlightRecord<I, O>>> ready = ready(backlogs);
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(backlogs, ready);
        if (ready.isEmpty() && backoff.isOver()) {
            healthDetails.clear(Source.COMMIT);
        }
        if (offsets.isEmpty() || (ready.isEmpty() && !offsetsAlone)) {
            return false;
        }
        // Taken anew for each commit: with the consumer protocol another thread changes it.
        ConsumerGroupMetadata member = consumer.groupMetadata();
        if (member.generationId() < 0 || isRefused(member)) {
            // Without a generation the coordinator would not check at all whether the partitions are ours.
            return false;
        }
        var sent = new ArrayList<Sent<I, O>>();
        begunNanos = System.nanoTime();
        committing = true;
        try {
            current.beginTransaction();
            for (List<InFlightRecord<I, O>> records : ready.values()) {
                for (InFlightRecord<I, O> record : records) {
                    sent.add(new Sent<>(record, current.send(record.output())));
                }
            }
            current.sendOffsetsToTransaction(offsets, member);
            current.commitTransaction();
        } catch (RuntimeException e) {
            abort(current, e, member, sent);
            return false;
        } finally {
            committing = false;
        }
        backoff.succeeded();
        healthDetails.clear(Source.COMMIT);
        healthDetails.clear(Source.OUTPUT_SCHEMA);
        backlogs.forEach((partition, backlog) -> {
            OffsetAndMetadata offset = offsets.get(partition);
            if (offset != null) {
                List<InFlightRecord<I, O>> records = ready.getOrDefault(partition, List.of());
                backlog.committed(records.size(), offset);
                records.forEach(meters::committed);
            }
        });
        return true;
    }

    /** Whether the last {@link #commit} was tried, and aborted. */
    boolean hasFailed() {
        return hasFailed;
    }

    /** Whether a commit has been under way for too long; may be asked by any thread. */
    boolean isStuck() {
        return committing && System.nanoTime() - begunNanos > LONG_COMMIT.toNanos();
    }

    /** The coordinator refuses the same member again until poll() has rejoined. */
    private boolean isRefused(ConsumerGroupMetadata member) {
        return member.equals(refused) && System.nanoTime() - refusedNanos < REFUSAL.toNanos();
    }

    /** The finished records at the head of each backlog, encoded, as many as one transaction takes. */
    private Map<TopicPartition, List<InFlightRecord<I, O>>> ready(
            Map<TopicPartition, PartitionBacklog<I, O>> backlogs) {
        var ready = new HashMap<TopicPartition, List<InFlightRecord<I, O>>>();
        long bytes = 0;
        for (var backlog : backlogs.entrySet()) {
            for (InFlightRecord<I, O> record : backlog.getValue().finished()) {
                if (bytes > MAX_BYTES) {
                    return ready;
                }
                try {
                    encoder.encode(record);
                } catch (RuntimeException e) {
                    rethrowIfFatal(e);
                    if (!Failures.isOutageInWriting(e)) {
                        throw e;
                    }
                    backoff.failed();
                    healthDetails.report(Source.OUTPUT_SCHEMA, Failures.describe(e));
                    return ready;
                }
                var output = record.output();
                if (output != null) {
                    bytes += OutputEncoder.size(output);
                    ready.computeIfAbsent(backlog.getKey(), p -> new ArrayList<>())
                            .add(record);
                }
            }
        }
        return ready;
    }

    /**
     * The offsets that go with these records, and those of backlogs that have none and were read further than
     * committed.
     */
    private static <I, O> Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, PartitionBacklog<I, O>> backlogs,
            Map<TopicPartition, List<InFlightRecord<I, O>>> ready) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        backlogs.forEach((partition, backlog) -> {
            int records = ready.getOrDefault(partition, List.of()).size();
            if (records > 0 || backlog.isAhead()) {
                offsets.put(partition, backlog.offsetAfter(records));
            }
        });
        return offsets;
    }

    private void abort(
            Producer<byte[], byte[]> current,
            RuntimeException cause,
            ConsumerGroupMetadata member,
            List<Sent<I, O>> sent) {
        if (isFatal(cause)) {
            // The stage ends. What is left of the transaction the next producer of this name aborts; anything that is
            // asked of this one on the way out, as when the partitions are given away, could block once more.
            abandon(current);
            throw cause;
        }
        meters.aborted();
        hasFailed = true;
        Sent<I, O> tooLarge = largestOfTooLarge(sent);
        if (isOfMembership(cause)) {
            refused = member;
            refusedNanos = System.nanoTime();
            log.info("{}: the group's coordinator refused a commit ({}); polling on", stage, cause.toString());
        } else if (tooLarge == null) {
            outage("Kafka: " + Failures.describe(cause));
        } else {
            refuse(tooLarge);
        }
        try {
            current.abortTransaction();
        } catch (RuntimeException e) {
            rethrowIfFatal(e);
            log.info(
                    "{}: the transaction can be neither committed nor aborted ({}); a new producer",
                    stage,
                    e.toString());
            abandon(current);
        }
    }

    /** A change of membership needs no pause: poll() learns of it. */
    private static boolean isOfMembership(RuntimeException cause) {
        return Failures.inChain(
                cause, e -> e instanceof CommitFailedException || e instanceof FencedInstanceIdException);
    }

    /**
     * The broker's limits can be narrower than the producer's: such a result would fail for ever. The producer blames
     * the records that were to go with it as well, so only the largest is refused and the others are tried again.
     */
    private static <I, O> @Nullable Sent<I, O> largestOfTooLarge(List<Sent<I, O>> sent) {
        Sent<I, O> largest = null;
        for (Sent<I, O> each : sent) {
            if (Failures.isTooLarge(each.done) && (largest == null || size(each) > size(largest))) {
                largest = each;
            }
        }
        return largest;
    }

    private void refuse(Sent<I, O> tooLarge) {
        InFlightRecord<I, O> record = tooLarge.record;
        ProducerRecord<byte[], byte[]> output = record.output();
        if (output == null || !(record.outcome() instanceof Outcome.Rejected)) {
            record.refuse(
                    ErrorCode.RESULT_TOO_LARGE,
                    "The broker refused the result of " + size(tooLarge)
                            + " bytes as too large: see max.message.bytes of the output topic",
                    null);
            return;
        }
        encoder.smaller(output, record)
                .ifPresentOrElse(
                        record::keep,
                        () -> outage("the dead letter of " + OutputEncoder.where(record)
                                + " is too large: raise max.message.bytes of the topic " + output.topic()));
    }

    private static int size(Sent<?, ?> sent) {
        var output = sent.record.output();
        return output == null ? 0 : OutputEncoder.size(output);
    }

    private void outage(String trouble) {
        backoff.failed();
        healthDetails.report(Source.COMMIT, trouble);
    }

    private static void rethrowIfFatal(RuntimeException e) {
        if (isFatal(e)) {
            throw e;
        }
    }

    private static boolean isFatal(RuntimeException e) {
        return e instanceof InterruptException
                || e instanceof FatalStageException
                || (Failures.isFatal(e) && !isOfMembership(e));
    }

    private void abandon(Producer<byte[], byte[]> useless) {
        producer = null;
        meters.unbind();
        useless.close(Duration.ZERO);
    }

    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /** Gives the producer so much time to close in order. */
    void close(Duration timeout) {
        Producer<byte[], byte[]> current = producer;
        producer = null;
        if (current != null) {
            meters.unbind();
            current.close(timeout);
        }
    }
}
