package org.dallemini.stage.deletions;

import java.nio.ByteBuffer;
import org.dallemini.schemas.Hashes;

/**
 * The ids of all images that were ever deleted, by 128 bits of their SHA-256: some 40 bytes each, so that a million
 * takes no more memory than a few pictures. Nothing is ever taken out. Thread-safe.
 */
public final class DeletedImages {
    private static final int FIRST_SLOTS = 1 << 10;

    /** Two longs a slot, both 0 where it is free; at most two thirds are taken. */
    private long[] slots = new long[2 * FIRST_SLOTS];

    private int size;

    /** Adds an image. */
    public synchronized void add(String imageId) {
        if (3L * (size + 1) > slots.length) {
            grow();
        }
        ByteBuffer hash = hash(imageId);
        size += put(slots, hash.getLong(0), hash.getLong(Long.BYTES)) ? 1 : 0;
    }

    /** Whether the image was deleted. */
    public synchronized boolean contains(String imageId) {
        ByteBuffer hash = hash(imageId);
        int place = find(slots, hash.getLong(0), hash.getLong(Long.BYTES));
        return slots[place] != 0 || slots[place + 1] != 0;
    }

    public synchronized int size() {
        return size;
    }

    private void grow() {
        long[] more = new long[Math.multiplyExact(2, slots.length)];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0 || slots[i + 1] != 0) {
                put(more, slots[i], slots[i + 1]);
            }
        }
        slots = more;
    }

    private static boolean put(long[] slots, long high, long low) {
        int place = find(slots, high, low);
        boolean isNew = slots[place] == 0 && slots[place + 1] == 0;
        slots[place] = high;
        slots[place + 1] = low;
        return isNew;
    }

    /** The place of a hash, or where it belongs. */
    private static int find(long[] slots, long high, long low) {
        int mask = slots.length - 1;
        int place = (int) (2 * low) & mask;
        while ((slots[place] != 0 || slots[place + 1] != 0) && (slots[place] != high || slots[place + 1] != low)) {
            place = place + 2 & mask;
        }
        return place;
    }

    private static ByteBuffer hash(String imageId) {
        return ByteBuffer.wrap(Hashes.sha256(imageId));
    }
}
