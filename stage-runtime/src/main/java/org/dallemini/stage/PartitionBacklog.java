package org.dallemini.stage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The uncommitted records of one partition in the order of their offsets, for the length of one assignment, and how far
 * the partition has been read. Loop thread only.
 */
final class PartitionBacklog<I, O> {
    private static final long NONE = -1;

    private final Deque<InFlightRecord<I, O>> records = new ArrayDeque<>();
    private Uuid topicId = Uuid.ZERO_UUID;
    private long next = NONE;
    private Optional<Integer> leaderEpoch = Optional.empty();
    private long committed = NONE;
    private boolean isPlaced;

    void add(InFlightRecord<I, O> record) {
        records.add(record);
    }

    int size() {
        return records.size();
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /** Whether it is known where to read; until then the partition stays paused. */
    boolean isPlaced() {
        return isPlaced;
    }

    /** The topic whose records these are; its name may be another's by now. */
    Uuid topicId() {
        return topicId;
    }

    /** Whether it has had a place in this topic. */
    boolean hasBegun() {
        return next >= 0;
    }

    /** The committed offset; negative if there is none. */
    long committed() {
        return committed;
    }

    /**
     * Begins, or goes on, at this offset.
     *
     * @param committed the group's offset of this topic, null if there is none
     */
    void place(Uuid topic, OffsetAndMetadata start, @Nullable OffsetAndMetadata committed) {
        topicId = topic;
        next = start.offset();
        leaderEpoch = start.leaderEpoch();
        this.committed = committed == null ? NONE : committed.offset();
        isPlaced = true;
    }

    /** Where to read is not known any more; what is in hand stays so. */
    void unplace() {
        isPlaced = false;
    }

    /** What has been read counts no more: the topic is another one, or gone. */
    void forget() {
        cancelAll();
        next = NONE;
        committed = NONE;
        isPlaced = false;
    }

    /** The consumer has come so far, maybe over markers of transactions, of which it shows no records. */
    void readUpTo(OffsetAndMetadata position) {
        next = position.offset();
        leaderEpoch = position.leaderEpoch();
    }

    /** Whether nothing is in hand though the committed offset lags behind. */
    boolean isAhead() {
        return isPlaced && records.isEmpty() && next != committed;
    }

    /**
     * What to commit together with the first {@code count} records: that of the next record, or of what comes after
     * all.
     */
    OffsetAndMetadata offsetAfter(int count) {
        Optional<Integer> epoch = leaderEpoch;
        int i = 0;
        for (InFlightRecord<I, O> record : records) {
            if (i == count) {
                return TopicOffset.of(record.input().offset(), epoch, topicId);
            }
            epoch = record.input().leaderEpoch();
            i++;
        }
        return TopicOffset.of(next, leaderEpoch, topicId);
    }

    /**
     * The finished records before the first unfinished one. A record that finished behind an unfinished one stays back:
     * its offset cannot be committed yet, and an output without its offset is a duplicate in the making.
     */
    List<InFlightRecord<I, O>> finished() {
        var finished = new ArrayList<InFlightRecord<I, O>>();
        for (InFlightRecord<I, O> record : records) {
            if (record.outcome() == null) {
                break;
            }
            finished.add(record);
        }
        return finished;
    }

    boolean hasUnfinished() {
        return records.stream().anyMatch(record -> record.outcome() == null);
    }

    /** The first record that is not decoded yet; null if there is none. */
    @Nullable
    InFlightRecord<I, O> firstUndecoded() {
        for (InFlightRecord<I, O> record : records) {
            if (record.isUndecoded()) {
                return record;
            }
        }
        return null;
    }

    /** Forgets the first records; called only after their transaction has been committed for certain. */
    void committed(int count, OffsetAndMetadata offset) {
        for (int i = 0; i < count; i++) {
            records.remove().committed();
        }
        committed = offset.offset();
    }

    /** Forgets what the broker has as committed, when the outcome of a transaction was unknown. */
    void dropBelow(OffsetAndMetadata offset) {
        if (!TopicOffset.isOf(topicId, offset)) {
            return;
        }
        while (!records.isEmpty() && records.peek().input().offset() < offset.offset()) {
            InFlightRecord<I, O> record = records.remove();
            if (record.output() != null) {
                record.committed();
            }
            record.cancel();
        }
        committed = offset.offset();
    }

    /**
     * Gives up the first record whose work has not begun and all after it, since none of them can be committed without
     * it.
     */
    void cancelNotBegun() {
        boolean givingUp = false;
        for (Iterator<InFlightRecord<I, O>> each = records.iterator(); each.hasNext(); ) {
            InFlightRecord<I, O> record = each.next();
            givingUp = givingUp || record.cancelUnlessBegun();
            if (givingUp) {
                next = Math.min(next, record.input().offset()); // no commit may pass over what is given up
                isPlaced = false;
                record.cancel();
                each.remove();
            }
        }
    }

    /** Whether work is going on that is worth waiting for. */
    boolean isActive() {
        return records.stream().anyMatch(InFlightRecord::isActive);
    }

    void cancelAll() {
        records.forEach(InFlightRecord::cancel);
        records.clear();
    }
}
