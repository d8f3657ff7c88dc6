package org.dallemini.dalle.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dallemini.dalle.model.ModelException;
import org.dallemini.dalle.model.ModelFile;

/**
 * Reads a list of words, the most frequent first, one a line; what follows white space after the word is ignored. A
 * word's rank is the number of its line, from 1, and the last one if it is listed twice.
 *
 * <p>Lines and white space are what Python's {@code splitlines} and {@code split} take for them, so that ranks are
 * those of the original. Only words of {@code a-z 0-9 '} are kept, as only they are ever asked for.
 */
final class WordList {
    private static final int MAX_LINE = 1 << 12;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final long MAX_FILE_BYTES = 1L << 30;

    /** Bytes of a line of the published list, about. */
    private static final int USUAL_LINE = 14;

    private final Path file;
    private final WordRanks words;

    // The line that is being read.
    private int rank = 1;
    private int lineLength;
    private final byte[] word = new byte[MAX_LINE];
    private int wordLength;
    private boolean wordEnded;
    private boolean usable = true;
    /** Whether something follows the word in each line so far. */
    private boolean frequencies = true;

    private WordList(Path file, long size) {
        this.file = file;
        if (size > MAX_FILE_BYTES) {
            throw invalid("is larger than 1 GiB");
        }
        this.words = new WordRanks((int) (size / USUAL_LINE));
    }

    /** @throws ModelException if the file is missing or is no such list */
    static WordRanks read(Path file) throws IOException {
        ModelFile.require(
                file,
                "hashtags are split with it. Copy it from the Hugging Face repository dalle-mini/dalle-mini: it serves"
                        + " every model");
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            WordList list = new WordList(file, Files.size(file));
            list.readAll(reader);
            return list.words;
        } catch (CharacterCodingException e) {
            throw new ModelException(file + " is not UTF-8 text; copy it again", e);
        }
    }

    private void readAll(Reader reader) throws IOException {
        char[] block = new char[1 << 16];
        char before = 0;
        for (int length; (length = reader.read(block)) >= 0; ) {
            for (int i = 0; i < length; i++) {
                char c = block[i];
                if (!isLineBreak(c)) {
                    add(c);
                } else if (c != '\n' || before != '\r') {
                    endLine();
                }
                before = c;
            }
        }
        if (lineLength > 0) {
            if (frequencies && rank > 1 && !wordEnded) {
                throw new ModelException(
                        file + " is cut off in line " + rank + ", which has no frequency; copy it again");
            }
            endLine();
        }
        if (words.longest() == 0) {
            throw invalid("has no word of a-z, 0-9 and '");
        }
    }

    private void add(char c) {
        if (++lineLength > MAX_LINE) {
            throw invalid("has more than " + MAX_LINE + " characters in line " + rank);
        }
        if (lineLength == 1 && rank == 1 && c == BYTE_ORDER_MARK) {
            return;
        }
        if (isSpace(c)) {
            wordEnded = wordLength > 0;
        } else if (!wordEnded) {
            usable &= isUsable(c);
            word[wordLength++] = (byte) c;
        }
    }

    private void endLine() {
        if (wordLength == 0) {
            throw invalid("has no word in line " + rank);
        }
        if (usable) {
            words.put(word, wordLength, rank);
        }
        frequencies &= wordEnded;
        rank++;
        lineLength = 0;
        wordLength = 0;
        wordEnded = false;
        usable = true;
    }

    private static boolean isUsable(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '\'';
    }

    private static boolean isLineBreak(char c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private ModelException invalid(String what) {
        return new ModelException(
                file + " " + what + "; a word list has one word a line, the most frequent first. Copy it again");
    }
}
