package org.dallemini.lists;

import java.nio.ByteBuffer;
import org.dallemini.schemas.Hashes;

/**
 * Remembers which texts it has seen, by 64 bits of their SHA-256: 16 bytes a text at most times, whatever their length.
 * Of a million texts two have the same by chance once in forty million lists; one of them is then taken for the other.
 */
final class Fingerprints {
    private long[] slots = new long[1 << 10];
    private int size;

    /** False if it was there already. */
    boolean add(String text) {
        long hash = ByteBuffer.wrap(Hashes.sha256(text)).getLong();
        if (!put(slots, hash == 0 ? 1 : hash)) {
            return false;
        }
        if (++size > slots.length / 2) {
            long[] larger = new long[2 * slots.length];
            for (long slot : slots) {
                if (slot != 0) {
                    put(larger, slot);
                }
            }
            slots = larger;
        }
        return true;
    }

    private static boolean put(long[] slots, long hash) {
        int at = (int) hash & (slots.length - 1);
        while (slots[at] != 0) {
            if (slots[at] == hash) {
                return false;
            }
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = hash;
        return true;
    }
}
