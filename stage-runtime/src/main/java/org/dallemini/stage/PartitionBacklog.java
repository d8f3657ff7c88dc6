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
 * The uncommitted rows of one partition in the order of their offsets, for the length of one assignment, and how far
 * the partition has been read. Loop thread only.
 */
final class PartitionBacklog<I, O> {
    private static final long NONE = -1;

    private final Deque<InFlightRecord<I, O>> rows = new ArrayDeque<>();
    private Uuid topicId = Uuid.ZERO_UUID;
    private long next = NONE;
    private Optional<Integer> leaderEpoch = Optional.empty();
    private long committed = NONE;
    private boolean isPlaced;

    void add(InFlightRecord<I, O> row) {
        rows.add(row);
    }

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
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

    /** Whether nothing is in hand and the committed offset lags behind for all that. */
    boolean isAhead() {
        return isPlaced && rows.isEmpty() && next != committed;
    }

    /** What to commit together with the first {@code count} rows: that of the next row, or of what comes after all. */
    OffsetAndMetadata offsetAfter(int count) {
        Optional<Integer> epoch = leaderEpoch;
        int i = 0;
        for (InFlightRecord<I, O> row : rows) {
            if (i == count) {
                return TopicOffset.of(row.input().offset(), epoch, topicId);
            }
            epoch = row.input().leaderEpoch();
            i++;
        }
        return TopicOffset.of(next, leaderEpoch, topicId);
    }

    /**
     * The finished rows before the first unfinished one. A row that finished behind an unfinished one stays back: its
     * offset cannot be committed yet, and an output without its offset is a duplicate in the making.
     */
    List<InFlightRecord<I, O>> finished() {
        var finished = new ArrayList<InFlightRecord<I, O>>();
        for (InFlightRecord<I, O> row : rows) {
            if (row.outcome() == null) {
                break;
            }
            finished.add(row);
        }
        return finished;
    }

    boolean hasUnfinished() {
        return rows.stream().anyMatch(row -> row.outcome() == null);
    }

    /** The first row that is not decoded yet; null if there is none. */
    @Nullable
    InFlightRecord<I, O> firstUndecided() {
        for (InFlightRecord<I, O> row : rows) {
            if (row.isUndecided()) {
                return row;
            }
        }
        return null;
    }

    /** Forgets the first rows; called only after their transaction has been committed for certain. */
    void committed(int count, OffsetAndMetadata offset) {
        for (int i = 0; i < count; i++) {
            rows.remove();
        }
        committed = offset.offset();
    }

    /** Forgets what the broker has as committed, when the outcome of a transaction was unknown. */
    void dropBelow(OffsetAndMetadata offset) {
        if (!TopicOffset.isOf(topicId, offset)) {
            return;
        }
        while (!rows.isEmpty() && rows.peek().input().offset() < offset.offset()) {
            rows.remove().cancel();
        }
        committed = offset.offset();
    }

    /**
     * Gives up the first row whose work has not begun and all after it, since none of them can be committed without it.
     */
    void keepWhatHasBegun() {
        boolean givingUp = false;
        for (Iterator<InFlightRecord<I, O>> each = rows.iterator(); each.hasNext(); ) {
            InFlightRecord<I, O> row = each.next();
            givingUp = givingUp || row.cancelUnlessBegun();
            if (givingUp) {
                next = Math.min(next, row.input().offset()); // no commit may pass over what is given up
                isPlaced = false;
                row.cancel();
                each.remove();
            }
        }
    }

    /** Whether work is going on that is worth waiting for. */
    boolean isActive() {
        return rows.stream().anyMatch(InFlightRecord::isActive);
    }

    void cancelAll() {
        rows.forEach(InFlightRecord::cancel);
        rows.clear();
    }
}
