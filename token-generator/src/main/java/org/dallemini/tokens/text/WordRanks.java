package org.dallemini.tokens.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.dallemini.model.ModelException;

/**
 * The words of a list, most frequent first, and their ranks, counted from 1: the line's number. A word listed twice has
 * its last rank.
 *
 * <p>Only words of {@code a-z 0-9 '} are kept, as only they are ever asked for. Millions of words fit because they are
 * no objects: their letters lie in one array and a hash table of numbers finds them.
 */
final class WordRanks {
    private static final int LONGEST_LINE = 1 << 16;
    private static final long LARGEST_FILE = 1L << 30;
    private static final int END = -1;

    private byte[] letters;
    private int[] ends = new int[1 << 10];
    private int[] ranks = new int[1 << 10];
    private int count;
    private int longest;
    /** Number of a word plus 1 at its hash, or at the next free slot after it; 0 is free. */
    private int[] slots = new int[1 << 12];

    private WordRanks(int capacity) {
        letters = new byte[capacity];
    }

    /**
     * Reads a list with one word a line; what follows white space after the word is ignored.
     *
     * @throws ModelException if the file is missing or is no such list
     */
    static WordRanks read(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw invalid(file, "is larger than 1 GiB");
            }
            WordRanks words = new WordRanks((int) size);
            words.readAll(file, reader);
            return words;
        } catch (NoSuchFileException e) {
            throw new ModelException(
                    file + " is missing; hashtags are split with it. Copy it from the Hugging Face repository"
                            + " dalle-mini/dalle-mini, where it serves every model",
                    e);
        } catch (CharacterCodingException e) {
            throw new ModelException(file + " is not UTF-8 text; copy it again", e);
        }
    }

    private void readAll(Path file, BufferedReader reader) throws IOException {
        int rank = 0;
        int c = reader.read();
        while (c != END) {
            rank++;
            int wordStart = count == 0 ? 0 : ends[count - 1];
            int wordEnd = wordStart;
            int length = 0;
            boolean ended = false;
            boolean usable = true;
            int lineLength = 0;
            for (; c != END && !isLineBreak(c); c = reader.read()) {
                if (++lineLength > LONGEST_LINE) {
                    throw invalid(file, "has a line of more than " + LONGEST_LINE + " characters: line " + rank);
                }
                if (isSpace(c)) {
                    ended = length > 0;
                } else if (!ended) {
                    length++;
                    usable &= isUsable(c);
                    if (usable) {
                        letters[wordEnd++] = (byte) c;
                    }
                }
            }
            if (length == 0) {
                throw invalid(file, "has no word in line " + rank);
            }
            if (usable) {
                add(wordStart, wordEnd, rank);
            }
            c = skipLineBreak(c, reader);
        }
        if (rank == 0) {
            throw invalid(file, "is empty");
        }
        trim();
    }

    /** Letters of the longest word. */
    int longest() {
        return longest;
    }

    /** Hash of no letters. */
    static int emptyHash() {
        return 0;
    }

    /** Hash of a letter put in front of letters whose hash is known. */
    static int prepend(byte letter, int hash) {
        return hash * 31 + letter;
    }

    /** Rank of the word {@code text[from..to)}, whose hash is given; 0 if it is not in the list. */
    int rank(byte[] text, int from, int to, int hash) {
        int slot = slot(text, from, to, hash);
        return slots[slot] == 0 ? 0 : ranks[slots[slot] - 1];
    }

    private int slot(byte[] text, int from, int to, int hash) {
        int mask = slots.length - 1;
        int slot = spread(hash) & mask;
        while (slots[slot] != 0) {
            int word = slots[slot] - 1;
            if (Arrays.equals(letters, start(word), ends[word], text, from, to)) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int start(int word) {
        return word == 0 ? 0 : ends[word - 1];
    }

    private void add(int from, int to, int rank) {
        int slot = slot(letters, from, to, hash(from, to));
        if (slots[slot] != 0) {
            ranks[slots[slot] - 1] = rank; // the letters just written are written over by the next word
            return;
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
            ranks = Arrays.copyOf(ranks, count * 2);
        }
        ends[count] = to;
        ranks[count] = rank;
        slots[slot] = ++count;
        longest = Math.max(longest, to - from);
        if (count * 2 > slots.length) {
            slots = new int[slots.length * 2];
            for (int word = 0; word < count; word++) {
                slots[slot(letters, start(word), ends[word], hash(start(word), ends[word]))] = word + 1;
            }
        }
    }

    private int hash(int from, int to) {
        int hash = emptyHash();
        for (int i = to - 1; i >= from; i--) {
            hash = prepend(letters[i], hash);
        }
        return hash;
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 16;
    }

    private void trim() {
        letters = Arrays.copyOf(letters, count == 0 ? 0 : ends[count - 1]);
        ends = Arrays.copyOf(ends, count);
        ranks = Arrays.copyOf(ranks, count);
    }

    private static boolean isUsable(int c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '\'';
    }

    /** Where Python's {@code splitlines} ends a line. */
    private static boolean isLineBreak(int c) {
        return c >= '\n' && c <= '\r' || c >= 0x1C && c <= 0x1E || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    /** Where Python's {@code split} ends a word. */
    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static int skipLineBreak(int c, BufferedReader reader) throws IOException {
        int next = reader.read();
        return c == '\r' && next == '\n' ? reader.read() : next;
    }

    private static ModelException invalid(Path file, String what) {
        return new ModelException(
                file + " " + what + "; a word list has one word a line, the most frequent first. Copy it again");
    }
}
