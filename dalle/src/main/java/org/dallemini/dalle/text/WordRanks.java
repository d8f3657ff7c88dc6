package org.dallemini.dalle.text;

import java.util.Arrays;

/**
 * Words of ASCII letters and their ranks. Millions of words fit because they are no objects: their letters lie in one
 * array, and a hash table of numbers finds them.
 */
final class WordRanks {
    private byte[] letters = new byte[1 << 12];
    private int[] ends;
    private int[] ranks;
    private int count;
    private int longest;
    /** Number of a word plus 1 at its hash, or at the next free slot after it; 0 is free. A power of two of them. */
    private int[] slots;

    /** @param expected about how many words will be put; more are welcome */
    WordRanks(int expected) {
        int capacity = Math.max(16, expected);
        ends = new int[capacity];
        ranks = new int[capacity];
        slots = new int[Integer.highestOneBit(capacity) * 4];
    }

    /** Adds a word, or gives one that is there a new rank. */
    void put(byte[] word, int length, int rank) {
        int slot = slot(word, 0, length, hash(word, 0, length));
        if (slots[slot] != 0) {
            ranks[slots[slot] - 1] = rank;
            return;
        }
        int start = start(count);
        int end = start + length;
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
            ranks = Arrays.copyOf(ranks, count * 2);
        }
        if (end > letters.length) {
            letters = Arrays.copyOf(letters, Math.max(end, letters.length * 2));
        }
        System.arraycopy(word, 0, letters, start, length);
        ends[count] = end;
        ranks[count] = rank;
        slots[slot] = ++count;
        longest = Math.max(longest, length);
        if (count * 2 > slots.length) {
            makeRoom();
        }
    }

    /** Letters of the longest word. */
    int longest() {
        return longest;
    }

    static int emptyHash() {
        return 0;
    }

    /** Hash of a letter put in front of letters whose hash is known. */
    static int prepend(byte letter, int hash) {
        return hash * 31 + letter;
    }

    /** Rank of the word {@code text[from..to)}, whose hash is given; 0 if there is no such word. */
    int rank(byte[] text, int from, int to, int hash) {
        int word = slots[slot(text, from, to, hash)];
        return word == 0 ? 0 : ranks[word - 1];
    }

    /** The slot of a word, or the free one where it belongs. */
    private int slot(byte[] text, int from, int to, int hash) {
        int mask = slots.length - 1;
        int mixed = hash * 0x9E3779B9;
        int slot = (mixed ^ (mixed >>> 16)) & mask;
        while (slots[slot] != 0) {
            int word = slots[slot] - 1;
            if (Arrays.equals(letters, start(word), ends[word], text, from, to)) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void makeRoom() {
        slots = new int[slots.length * 2];
        for (int word = 0; word < count; word++) {
            int hash = hash(letters, start(word), ends[word]);
            slots[slot(letters, start(word), ends[word], hash)] = word + 1;
        }
    }

    private int start(int word) {
        return word == 0 ? 0 : ends[word - 1];
    }

    private static int hash(byte[] text, int from, int to) {
        int hash = emptyHash();
        for (int i = to - 1; i >= from; i--) {
            hash = prepend(text[i], hash);
        }
        return hash;
    }
}
