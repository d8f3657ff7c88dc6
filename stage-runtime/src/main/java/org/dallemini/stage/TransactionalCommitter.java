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
 * Puts finished rows and the offsets of their inputs into one short transaction. Loop thread only.
 *
 * <p>Rows leave their lane only when {@code commitTransaction} has returned; whatever fails before, the transaction is
 * aborted and the same rows go again. If even the abort fails, which state the transaction is in is unknown: a new
 * producer's {@code initTransactions} settles it, after which the committed offsets tell which rows are in.
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
    private final HealthDetails troubles;
    private final StageMeters meters;
    private final Backoff backoff = new Backoff();
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable ConsumerGroupMetadata refused;
    private long refusedNanos;
    private boolean hasFailed;
    private volatile boolean committing;
    private volatile long begunNanos;

    /** Makes the transactional producer, and the next one when that has become useless. */
    interface ProducerFactory {
        Producer<byte[], byte[]> create();
    }

    TransactionalCommitter(
            String stage,
            Consumer<byte[], byte[]> consumer,
            ProducerFactory producers,
            OutputEncoder<I, O> encoder,
            HealthDetails troubles,
            StageMeters meters) {
        this.stage = stage;
        this.consumer = consumer;
        this.producers = producers;
        this.encoder = encoder;
        this.troubles = troubles;
        this.meters = meters;
    }

    /** A row on its way into the transaction, with what its send will tell. */
    private record Sent<I, O>(InFlightRecord<I, O> row, Future<RecordMetadata> done) {}

    /** Whether there is a producer; without one, or in a pause after a failure, {@link #commit} does nothing. */
    boolean isOpen() {
        return producer != null;
    }

    /**
     * Sees to it that there is a producer, if it is time to try. Before the first subscription this aborts what a
     * killed predecessor of the same name left open; later it finds out what became of an unknown transaction.
     *
     * @param lanes all that are assigned
     */
    void open(Map<TopicPartition, PartitionBacklog<I, O>> lanes) {
        if (producer != null || !backoff.isOver()) {
            return;
        }
        Producer<byte[], byte[]> next = null;
        try {
            next = producers.create();
            next.initTransactions();
            if (!lanes.isEmpty()) {
                consumer.committed(lanes.keySet()).forEach((partition, offset) -> {
                    PartitionBacklog<I, O> lane = lanes.get(partition);
                    if (offset != null && lane != null) {
                        lane.dropBelow(offset);
                    }
                });
            }
            producer = next;
            meters.bind(next);
            backoff.succeeded();
            troubles.clear(Source.COMMIT);
        } catch (RuntimeException e) {
            if (next != null) {
                next.close(Duration.ZERO);
            }
            rethrowIfHopeless(e);
            outage("Kafka: " + Failures.describe(e));
        }
    }

    /**
     * Commits the finished rows at the head of these lanes, and of lanes without rows how far they have been read.
     *
     * @param settling whether the latter is worth a transaction of its own
     * @return whether anything was committed
     */
    boolean commit(Map<TopicPartition, PartitionBacklog<I, O>> lanes, boolean settling) {
        hasFailed = false;
        Producer<byte[], byte[]> current = producer;
        if (current == null || !backoff.isOver()) {
            return false;
        }
        Map<TopicPartition, List<InFlightRecord<I, O>>> ready = ready(lanes);
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(lanes, ready);
        if (ready.isEmpty() && backoff.isOver()) {
            troubles.clear(Source.COMMIT);
        }
        if (offsets.isEmpty() || (ready.isEmpty() && !settling)) {
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
            for (List<InFlightRecord<I, O>> rows : ready.values()) {
                for (InFlightRecord<I, O> row : rows) {
                    sent.add(new Sent<>(row, current.send(row.output())));
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
        troubles.clear(Source.COMMIT);
        troubles.clear(Source.OUTPUT_SCHEMA);
        lanes.forEach((partition, lane) -> {
            OffsetAndMetadata offset = offsets.get(partition);
            if (offset != null) {
                List<InFlightRecord<I, O>> rows = ready.getOrDefault(partition, List.of());
                lane.committed(rows.size(), offset);
                rows.forEach(meters::committed);
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

    /** What the coordinator has turned down it will turn down again, until poll() has found out why. */
    private boolean isRefused(ConsumerGroupMetadata member) {
        return member.equals(refused) && System.nanoTime() - refusedNanos < REFUSAL.toNanos();
    }

    /** The finished rows at the head of each lane, encoded, as many as one transaction takes. */
    private Map<TopicPartition, List<InFlightRecord<I, O>>> ready(Map<TopicPartition, PartitionBacklog<I, O>> lanes) {
        var ready = new HashMap<TopicPartition, List<InFlightRecord<I, O>>>();
        long bytes = 0;
        for (var lane : lanes.entrySet()) {
            for (InFlightRecord<I, O> row : lane.getValue().finished()) {
                if (bytes > MAX_BYTES) {
                    return ready;
                }
                try {
                    encoder.encode(row);
                } catch (RuntimeException e) {
                    rethrowIfHopeless(e);
                    if (!Failures.isOutageInWriting(e)) {
                        throw e;
                    }
                    backoff.failed();
                    troubles.report(Source.OUTPUT_SCHEMA, Failures.describe(e));
                    return ready;
                }
                var record = row.output();
                if (record != null) {
                    bytes += OutputEncoder.size(record);
                    ready.computeIfAbsent(lane.getKey(), p -> new ArrayList<>()).add(row);
                }
            }
        }
        return ready;
    }

    /** The offsets that go with these rows, and those of lanes that have none and were read further than committed. */
    private static <I, O> Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, PartitionBacklog<I, O>> lanes, Map<TopicPartition, List<InFlightRecord<I, O>>> ready) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        lanes.forEach((partition, lane) -> {
            int rows = ready.getOrDefault(partition, List.of()).size();
            if (rows > 0 || lane.isAhead()) {
                offsets.put(partition, lane.offsetAfter(rows));
            }
        });
        return offsets;
    }

    private void abort(
            Producer<byte[], byte[]> current,
            RuntimeException cause,
            ConsumerGroupMetadata member,
            List<Sent<I, O>> sent) {
        if (isHopeless(cause)) {
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
            rethrowIfHopeless(e);
            log.info(
                    "{}: the transaction can be neither committed nor aborted ({}); a new producer",
                    stage,
                    e.toString());
            abandon(current);
        }
    }

    /** Membership changes are everyday business: poll() learns of them, no pause is needed. */
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
        InFlightRecord<I, O> row = tooLarge.row;
        ProducerRecord<byte[], byte[]> output = row.output();
        if (output == null || !(row.outcome() instanceof Outcome.Rejected)) {
            row.refuse(
                    ErrorCode.RESULT_TOO_LARGE,
                    "The broker refused the result of " + size(tooLarge)
                            + " bytes as too large: see max.message.bytes of the output topic",
                    null);
            return;
        }
        encoder.smaller(output, row)
                .ifPresentOrElse(
                        row::keep,
                        () -> outage("the dead letter of " + OutputEncoder.where(row)
                                + " is too large: raise max.message.bytes of the topic " + output.topic()));
    }

    private static int size(Sent<?, ?> sent) {
        var record = sent.row.output();
        return record == null ? 0 : OutputEncoder.size(record);
    }

    private void outage(String trouble) {
        backoff.failed();
        troubles.report(Source.COMMIT, trouble);
    }

    private static void rethrowIfHopeless(RuntimeException e) {
        if (isHopeless(e)) {
            throw e;
        }
    }

    private static boolean isHopeless(RuntimeException e) {
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
