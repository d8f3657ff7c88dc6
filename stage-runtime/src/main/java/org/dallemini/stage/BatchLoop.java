package org.dallemini.stage;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.dallemini.stage.HealthDetails.Source;
import org.dallemini.stage.moderation.Releases;
import org.dallemini.stage.tracing.Tracing;
import org.dallemini.stage.tracing.Tracing.Place;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * poll, decode, hand to the engine, commit what is done; over and over, on one thread that owns the consumer, the
 * producer and the partition backlogs. It keeps polling however slow the engine is (pausing partitions instead), so
 * that no timeout of Kafka depends on the length of the work. The README next to this module argues why nothing is lost
 * or doubled.
 */
final class BatchLoop<I extends SpecificRecord, O extends SpecificRecord> implements ConsumerRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(BatchLoop.class);

    /** With nothing in hand; poll() returns at once when a record comes. */
    private static final Duration IDLE_POLL = Duration.ofMillis(250);

    /** How long to wait for the cluster's answer about the topics. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** While the offsets at which partitions begin are being looked up. */
    private static final Duration PLACING_POLL = Duration.ofMillis(20);

    /** With work in hand {@link Wakeup} announces results; this is how long a new record may then go unnoticed. */
    private static final Duration BUSY_WAIT = Duration.ofMillis(5);

    private final String stage;
    private final List<String> topics;
    private final Engine<I, O> engine;
    private final Consumer<byte[], byte[]> consumer;
    private final TransactionalCommitter<I, O> committer;
    private final InputDecoder<I> decoder;
    private final Releases releases;
    private final Tracing tracing;
    private final Throttle throttle;
    private final Stopping stopping;
    private final Duration revokeGrace;
    private final HealthDetails healthDetails;
    private final InputWatch watch;
    private final Backlog unread;
    private final StageMeters meters;
    private final Wakeup wakeup;
    private final Runnable whenJoined;
    private final Backoff decoding = new Backoff();
    private final CommitPace pace = new CommitPace(System::nanoTime);
    private final Map<TopicPartition, PartitionBacklog<I, O>> backlogs = new HashMap<>();

    BatchLoop(
            StageDefinition<I, O> definition,
            Consumer<byte[], byte[]> consumer,
            TransactionalCommitter<I, O> committer,
            InputDecoder<I> decoder,
            Releases releases,
            Tracing tracing,
            Throttle throttle,
            Stopping stopping,
            Duration revokeGrace,
            HealthDetails healthDetails,
            InputWatch watch,
            Backlog unread,
            StageMeters meters,
            Wakeup wakeup,
            Runnable whenJoined) {
        this.stage = definition.name();
        this.topics = definition.inputs().stream().map(StageInput::topic).toList();
        this.engine = definition.engine();
        this.consumer = consumer;
        this.committer = committer;
        this.decoder = decoder;
        this.releases = releases;
        this.tracing = tracing;
        this.throttle = throttle;
        this.stopping = stopping;
        this.revokeGrace = revokeGrace;
        this.healthDetails = healthDetails;
        this.watch = watch;
        this.unread = unread;
        this.meters = meters;
        this.wakeup = wakeup;
        this.whenJoined = whenJoined;
    }

    /** Runs until the stage is asked to stop and has drained. */
    void run() {
        // Before the first subscription: what a killed predecessor of our name left open is aborted here, so that our
        // first look at the committed offsets sees the truth, and readers of the output wait no longer than this takes.
        while (!stopping.isRequested() && !committer.isOpen()) {
            committer.open(backlogs);
            if (!committer.isOpen()) {
                wakeup.await(IDLE_POLL);
            }
        }
        consumer.subscribe(topics, this);
        while (!stopping.isRequested() && consumer.groupMetadata().generationId() < 0) {
            turn();
        }
        whenJoined.run();
        while (!stopping.isRequested()) {
            turn();
        }
        backlogs.values().forEach(PartitionBacklog::cancelNotBegun);
        while (hasWork() && !stopping.isDrainOver()) {
            turn();
        }
    }

    private void turn() {
        place();
        throttle();
        boolean polled = poll(hasWork() ? Duration.ZERO : unplaced().isEmpty() ? IDLE_POLL : PLACING_POLL);
        decode();
        committer.open(backlogs);
        boolean committed = commit(polled);
        meters.inFlight(
                backlogs.values().stream().mapToInt(PartitionBacklog::size).sum());
        if (!polled && !committed && hasWork()) {
            wakeup.await(BUSY_WAIT);
        }
    }

    /** @param polled whether records have just come: behind those that are refused at once there may be thousands */
    private boolean commit(boolean polled) {
        boolean moreToCome = !stopping.isRequested()
                && (polled || backlogs.values().stream().anyMatch(PartitionBacklog::hasUnfinished));
        if (!pace.isDue(moreToCome) || !commit(backlogs, pace.isQuiet())) {
            return false;
        }
        pace.committed();
        backlogs.forEach((partition, backlog) -> {
            if (backlog.committed() >= 0) {
                unread.committed(partition, backlog.committed());
            }
        });
        return true;
    }

    /** A commit fails for as long as it has to do with a topic that is gone; so that is looked up before the next. */
    private boolean commit(Map<TopicPartition, PartitionBacklog<I, O>> some, boolean offsetsAlone) {
        boolean committed = committer.commit(some, offsetsAlone);
        if (committer.hasFailed()) {
            lookAgain();
        }
        return committed;
    }

    private void lookAgain() {
        watch.lookNow(wakeup, stopping.atMost(LOOK)).ifPresent(this::place);
    }

    /** Finds out where to read each partition; again where its topic was deleted and made anew. */
    private void place() {
        if (!stopping.isRequested()) {
            watch.look(unplaced()).ifPresent(this::place);
        }
    }

    private void place(InputWatch.InputState state) {
        backlogs.forEach((partition, backlog) -> place(partition, backlog, state));
    }

    private void place(TopicPartition partition, PartitionBacklog<I, O> backlog, InputWatch.InputState state) {
        Uuid topicId = state.ids().get(partition.topic());
        if (backlog.hasBegun() && !backlog.topicId().equals(topicId)) {
            log.info(
                    "{}: topic {} {}; what was read of {} counts no more",
                    stage,
                    partition.topic(),
                    topicId == null ? "is gone" : "was deleted and made again",
                    partition);
            backlog.forget();
            unread.forget(Set.of(partition));
        }
        InputWatch.Start found = state.starts().get(partition);
        if (backlog.isPlaced() || found == null || topicId == null) {
            return;
        }
        OffsetAndMetadata committed = found.committed();
        boolean isOurs = committed != null && TopicOffset.isOf(topicId, committed);
        OffsetAndMetadata known = isOurs ? committed : null;
        if (backlog.hasBegun()) {
            known = backlog.offsetAfter(backlog.size());
        }
        start(partition, backlog, within(found, known, partition, backlog), topicId, isOurs ? committed : null);
    }

    /** The known offset, or the beginning of the log if it lies outside. */
    private OffsetAndMetadata within(
            InputWatch.Start found,
            @Nullable OffsetAndMetadata known,
            TopicPartition partition,
            PartitionBacklog<I, O> backlog) {
        if (known == null) {
            return new OffsetAndMetadata(found.first());
        }
        if (known.offset() < found.first()) {
            log.warn(
                    "{}: of {} the offsets {} to {} were deleted before they were read, up to {} records: longer retention"
                            + " or more processes would have saved them",
                    stage,
                    partition,
                    known.offset(),
                    found.first() - 1,
                    found.first() - known.offset());
            return new OffsetAndMetadata(found.first());
        }
        if (known.offset() > found.end()) {
            log.warn(
                    "{}: {} ends at offset {}, though it was read up to {}: reading it anew from {}",
                    stage,
                    partition,
                    found.end(),
                    known.offset(),
                    found.first());
            backlog.forget();
            return new OffsetAndMetadata(found.first());
        }
        return known;
    }

    private void start(
            TopicPartition partition,
            PartitionBacklog<I, O> backlog,
            OffsetAndMetadata start,
            Uuid topicId,
            @Nullable OffsetAndMetadata committed) {
        OffsetAndMetadata behind = committed != null && committed.offset() <= start.offset() ? committed : null;
        backlog.place(topicId, start, behind);
        consumer.seek(partition, start);
        unread.follow(partition, behind == null ? start.offset() : behind.offset());
    }

    private void throttle() {
        var inHand = new HashMap<TopicPartition, Integer>();
        backlogs.forEach((partition, backlog) -> inHand.put(partition, backlog.size()));
        var open = stopping.isRequested() || isUndecoded() ? new HashSet<TopicPartition>() : throttle.open(inHand);
        open.removeAll(unplaced());
        var closed = new HashSet<>(backlogs.keySet());
        closed.removeAll(open);
        consumer.pause(closed);
        consumer.resume(open);
    }

    private boolean poll(Duration timeout) {
        try {
            var records = consumer.poll(timeout);
            for (ConsumerRecord<byte[], byte[]> input : records) {
                PartitionBacklog<I, O> backlog = backlogs.get(new TopicPartition(input.topic(), input.partition()));
                if (backlog == null) {
                    throw new IllegalStateException("A record of " + input.topic() + "-" + input.partition()
                            + " arrived, which is not assigned to this process");
                }
                backlog.add(new InFlightRecord<>(
                        input,
                        topics.indexOf(input.topic()),
                        System.nanoTime(),
                        tracing.process(Place.of(input), input.headers())));
            }
            records.nextOffsets().forEach((partition, position) -> {
                PartitionBacklog<I, O> backlog = backlogs.get(partition);
                if (backlog != null) {
                    backlog.readUpTo(position);
                }
            });
            return !records.isEmpty();
        } catch (OffsetOutOfRangeException e) {
            outOfRange(e);
            return false;
        } catch (RetriableException e) {
            log.info("{}: poll failed ({}), trying again", stage, e.toString());
            wakeup.await(IDLE_POLL);
            return false;
        }
    }

    /**
     * Retention was faster than the stage, the topic is another one, or an unclean election has cut the log. Where to
     * go on is looked up, unless Kafka says it: from where the log was cut there are other records than those read
     * before.
     */
    private void outOfRange(OffsetOutOfRangeException e) {
        Map<TopicPartition, OffsetAndMetadata> cut =
                e instanceof LogTruncationException truncation ? truncation.divergentOffsets() : Map.of();
        for (TopicPartition partition : e.partitions()) {
            PartitionBacklog<I, O> backlog = backlogs.get(partition);
            OffsetAndMetadata from = cut.get(partition);
            if (backlog != null && from != null) {
                log.warn("{}: {} was cut at offset {}: reading on from there", stage, partition, from.offset());
                Uuid topicId = backlog.topicId();
                backlog.forget();
                start(partition, backlog, from, topicId, null);
            } else if (backlog != null) {
                backlog.unplace();
            }
        }
    }

    /** While the registry is down, records wait here in their order and nothing more is fetched. */
    private void decode() {
        if (!decoding.isOver()) {
            return;
        }
        for (PartitionBacklog<I, O> backlog : backlogs.values()) {
            for (InFlightRecord<I, O> record = backlog.firstUndecoded();
                    record != null;
                    record = backlog.firstUndecoded()) {
                try {
                    var task = new Task<I, O>(
                            decoder.decode(record.input()),
                            record.lane(),
                            releases.of(
                                    record.input().topic(),
                                    record.input().key(),
                                    record.input().headers(),
                                    record.input().value()),
                            record.span(),
                            wakeup::signal);
                    record.handTo(task);
                    engine.submit(task);
                } catch (RejectedRecordException e) {
                    record.refuse(e.code(), e.problem(), e.getCause());
                } catch (RuntimeException e) {
                    if (Failures.isFatal(e) || !Failures.isOutage(e)) {
                        throw e;
                    }
                    decoding.failed();
                    healthDetails.report(Source.INPUT_SCHEMA, Failures.describe(e));
                    return;
                }
            }
        }
        decoding.succeeded();
        healthDetails.clear(Source.INPUT_SCHEMA);
    }

    private boolean isUndecoded() {
        return backlogs.values().stream().anyMatch(backlog -> backlog.firstUndecoded() != null);
    }

    private Set<TopicPartition> unplaced() {
        var unplaced = new HashSet<TopicPartition>();
        backlogs.forEach((partition, backlog) -> {
            if (!backlog.isPlaced()) {
                unplaced.add(partition);
            }
        });
        return unplaced;
    }

    private boolean hasWork() {
        return backlogs.values().stream().anyMatch(backlog -> !backlog.isEmpty());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        added.forEach(partition -> backlogs.put(partition, new PartitionBacklog<>()));
        consumer.pause(added); // Until they are placed; then the throttle decides before each poll.
        added.forEach(partition -> consumer.seek(partition, 0)); // Spares the consumer a look-up.
        if (!added.isEmpty()) {
            log.info("{}: took {}", stage, added);
        }
    }

    /** Runs inside poll(), while the partitions and the group's generation are still ours. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> gone) {
        var leaving = new HashMap<>(backlogs);
        leaving.keySet().retainAll(gone);
        leaving.values().forEach(PartitionBacklog::cancelNotBegun);
        if (leaving.values().stream().anyMatch(backlog -> !backlog.isEmpty() || backlog.isAhead())) {
            lookAgain(); // Maybe they go because their topic does.
        }
        long until = System.nanoTime() + stopping.atMost(revokeGrace).toNanos();
        commit(leaving, true);
        while (leaving.values().stream().anyMatch(PartitionBacklog::isActive) && System.nanoTime() - until < 0) {
            wakeup.await(BUSY_WAIT);
            commit(leaving, true);
        }
        commit(leaving, true);
        if (!gone.isEmpty()) {
            log.info("{}: gave {} away", stage, gone);
        }
        drop(gone);
    }

    /** Another process has them already: work on them is given up. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> gone) {
        log.warn("{}: lost {}; work on them is given up and done elsewhere", stage, gone);
        drop(gone);
    }

    private void drop(Collection<TopicPartition> gone) {
        unread.forget(gone);
        for (TopicPartition partition : gone) {
            PartitionBacklog<I, O> backlog = backlogs.remove(partition);
            if (backlog != null) {
                backlog.cancelAll();
            }
        }
    }
}
