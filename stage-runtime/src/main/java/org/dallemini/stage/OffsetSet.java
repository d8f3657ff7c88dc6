package org.dallemini.stage;

import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Offsets from a rising one on. They are many and have few gaps: a bit each. Thread-safe. */
final class OffsetSet {
    private static final int PAGE = 1 << 16;

    private final NavigableMap<Long, BitSet> pages = new TreeMap<>();
    private long from;

    OffsetSet(long from) {
        this.from = from;
    }

    synchronized long from() {
        return from;
    }

    /** Forgets all offsets below this one, also those that are still to come. */
    synchronized void startFrom(long offset) {
        from = offset;
        pages.headMap(offset / PAGE).clear();
        BitSet page = pages.get(offset / PAGE);
        if (page != null) {
            page.clear(0, (int) (offset % PAGE));
        }
    }

    synchronized void add(long offset) {
        if (offset >= from) {
            pages.computeIfAbsent(offset / PAGE, page -> new BitSet()).set((int) (offset % PAGE));
        }
    }

    synchronized long size() {
        return pages.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
