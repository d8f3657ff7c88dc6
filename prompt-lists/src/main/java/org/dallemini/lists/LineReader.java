package org.dallemini.lists;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Lines of bytes, ended by LF, CR or both; however long a line is, no more of it than {@link #MAX_BYTES} is kept. */
final class LineReader implements Closeable {
    /** More than any prompt takes that fits into a record. */
    static final int MAX_BYTES = 2 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private byte[] line = new byte[512];
    private int length;
    private int number;
    private boolean isRepeated;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; false at the end. */
    boolean next() throws IOException {
        if (isRepeated) {
            isRepeated = false;
            return true;
        }
        length = 0;
        int b = read();
        if (b < 0) {
            return false;
        }
        number++;
        while (b >= 0 && b != '\n' && b != '\r') {
            keep(b);
            b = read();
        }
        if (b == '\r' && read() != '\n' && end > 0) {
            at--; // the beginning of the next line
        }
        return true;
    }

    /** Lets {@link #next} go to this line once more. */
    void repeat() {
        isRepeated = true;
    }

    private int read() throws IOException {
        if (at == end) {
            at = 0;
            end = in.read(buffer);
            if (end <= 0) {
                end = 0;
                return -1;
            }
        }
        return buffer[at++] & 255;
    }

    private void keep(int b) {
        if (length <= MAX_BYTES) { // one more, by which a line that is too long is known
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = (byte) b;
        }
    }

    /** From 1. */
    int number() {
        return number;
    }

    /** @throws RefusedLineException if it is too long or no UTF-8 */
    String text() throws RefusedLineException {
        if (length > MAX_BYTES) {
            throw new RefusedLineException(
                    "line-too-long",
                    "The line has more than " + MAX_BYTES + " bytes: is the file a list of prompts, a line each?");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedLineException("invalid-text", "The line is no UTF-8: " + Encoding.ADVICE + ".");
        }
    }

    /** What the line may have been, where {@link #text} refuses it; cut off if it is too long. */
    String raw() {
        return new String(line, 0, Math.min(length, MAX_BYTES), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
