package org.dallemini.stage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The uncommitted rows of one partition in the order of their offsets, for the length of one assignment. Loop thread
 * only.
 */
final class PartitionLane<I, O> {
    private final Deque<Row<I, O>> rows = new ArrayDeque<>();

    void add(Row<I, O> row) {
        rows.add(row);
    }

    int size() {
        return rows.size();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The finished rows before the first unfinished one. A row that finished behind an unfinished one stays back: its
     * offset cannot be committed yet, and an output without its offset is a duplicate in the making.
     */
    List<Row<I, O>> finished() {
        var finished = new ArrayList<Row<I, O>>();
        for (Row<I, O> row : rows) {
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
    Row<I, O> firstUndecided() {
        for (Row<I, O> row : rows) {
            if (row.isUndecided()) {
                return row;
            }
        }
        return null;
    }

    /** Forgets the first rows; called only after their transaction has been committed for certain. */
    void committed(int count) {
        for (int i = 0; i < count; i++) {
            rows.remove();
        }
    }

    /** Forgets what the broker has as committed, when the outcome of a transaction was unknown. */
    void dropBelow(long offset) {
        while (!rows.isEmpty() && rows.peek().input().offset() < offset) {
            rows.remove().cancel();
        }
    }

    /**
     * Gives up the first row whose work has not begun and all after it, since none of them can be committed without it.
     */
    void keepWhatHasBegun() {
        boolean givingUp = false;
        for (Iterator<Row<I, O>> each = rows.iterator(); each.hasNext(); ) {
            Row<I, O> row = each.next();
            givingUp = givingUp || row.cancelUnlessBegun();
            if (givingUp) {
                row.cancel();
                each.remove();
            }
        }
    }

    /** Whether work is going on that a little patience could still bring in. */
    boolean isActive() {
        return rows.stream().anyMatch(Row::isActive);
    }

    void cancelAll() {
        rows.forEach(Row::cancel);
        rows.clear();
    }
}
