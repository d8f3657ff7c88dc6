package org.dallemini.dalle.bart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import org.dallemini.dalle.config.BartConfig;

/**
 * The buffers that the decoder graph reads and writes, in direct memory. Row r of each lies behind row r - 1.
 *
 * <p>Shapes for R rows, H heads, image length L, text length S (that of the longest text at present): self attention
 * [R, H, L, padded head size], cross attention [R, H, S, head size], text mask [R, S], logits [R, vocabulary].
 */
final class DecoderMemory {
    /** Text lengths are rounded up to this, so that the cross attention is laid out anew less often. */
    private static final int TEXT_STEP = 8;

    private final int capacity;
    private final int heads;
    private final int headSize;
    private final int paddedHeadSize;
    private final int imageLength;
    private final int vocabulary;
    final List<FloatBuffer> selfKeys = new ArrayList<>();
    final List<FloatBuffer> selfValues = new ArrayList<>();
    final List<FloatBuffer> crossKeys = new ArrayList<>();
    final List<FloatBuffer> crossValues = new ArrayList<>();
    final LongBuffer tokens;
    final LongBuffer positions;
    final IntBuffer last;
    final IntBuffer total;
    final FloatBuffer logits;
    IntBuffer mask;
    private int textLength;

    DecoderMemory(BartConfig config, int capacity) {
        HeadPadding padding = HeadPadding.of(config.decoderHeads(), config.decoderHeadSize());
        this.capacity = capacity;
        heads = padding.heads();
        headSize = padding.size();
        paddedHeadSize = padding.padded();
        imageLength = config.imageLength();
        vocabulary = config.vocabulary();
        for (int i = 0; i < config.decoderLayers(); i++) {
            selfKeys.add(floats(capacity * selfRow()));
            selfValues.add(floats(capacity * selfRow()));
            crossKeys.add(floats(0));
            crossValues.add(floats(0));
        }
        tokens = direct(capacity * Long.BYTES).asLongBuffer();
        positions = direct(capacity * Long.BYTES).asLongBuffer();
        last = direct(capacity * Integer.BYTES).asIntBuffer();
        total = direct(Integer.BYTES).asIntBuffer();
        mask = direct(0).asIntBuffer();
        logits = floats(capacity * vocabulary);
    }

    /** Most bytes that one row takes. */
    static long bytesPerRow(BartConfig config) {
        HeadPadding padding = HeadPadding.of(config.decoderHeads(), config.decoderHeadSize());
        long self = (long) config.imageLength() * padding.heads() * padding.padded();
        long cross = (long) roundUp(config.maxTextLength()) * padding.heads() * padding.size();
        return Float.BYTES * (config.decoderLayers() * 2 * (self + cross) + config.vocabulary());
    }

    /** Sets what a row is fed in the next step. */
    void feed(int row, int token, int position) {
        tokens.put(row, token);
        positions.put(row, position);
        last.put(row, position);
    }

    /** Sets the largest position of the next step, plus 1. */
    void total(int positionsInUse) {
        total.put(0, positionsInUse);
    }

    /** Makes texts up to this length fit; true if every row has to be {@link #pack packed} again. */
    boolean textLength(int longest) {
        int rounded = roundUp(longest);
        if (rounded == textLength) {
            return false;
        }
        if (mask.capacity() < capacity * rounded) {
            crossKeys.replaceAll(old -> floats(capacity * heads * rounded * headSize));
            crossValues.replaceAll(old -> floats(capacity * heads * rounded * headSize));
            mask = direct(capacity * rounded * Integer.BYTES).asIntBuffer();
        }
        textLength = rounded;
        return true;
    }

    /** Copies keys and values of a text to a row; what it has fewer positions than the longest is zero and masked. */
    void pack(int row, EncodedText text) {
        for (int s = 0; s < textLength; s++) {
            mask.put(row * textLength + s, s < text.length() ? 1 : 0);
        }
        float[] zeros = new float[(textLength - text.length()) * headSize];
        for (int layer = 0; layer < crossKeys.size(); layer++) {
            pack(row, text.length(), text.keys().get(layer), crossKeys.get(layer), zeros);
            pack(row, text.length(), text.values().get(layer), crossValues.get(layer), zeros);
        }
    }

    private void pack(int row, int length, float[] from, FloatBuffer to, float[] zeros) {
        int size = length * headSize;
        for (int head = 0; head < heads; head++) {
            int at = row * crossRow() + head * textLength * headSize;
            to.put(at, from, head * size, size);
            to.put(at + size, zeros);
        }
    }

    /** Copies the keys and values of the first {@code positions} tokens to another row. */
    void moveSelf(int from, int to, int positions) {
        int stride = imageLength * paddedHeadSize;
        for (List<FloatBuffer> buffers : List.of(selfKeys, selfValues)) {
            for (FloatBuffer buffer : buffers) {
                for (int head = 0; head < heads; head++) {
                    buffer.put(
                            to * selfRow() + head * stride,
                            buffer,
                            from * selfRow() + head * stride,
                            positions * paddedHeadSize);
                }
            }
        }
    }

    long[] selfShape(int rows) {
        return new long[] {rows, heads, imageLength, paddedHeadSize};
    }

    long[] crossShape(int rows) {
        return new long[] {rows, heads, textLength, headSize};
    }

    long[] maskShape(int rows) {
        return new long[] {rows, textLength};
    }

    long[] logitsShape(int rows) {
        return new long[] {rows, 1, vocabulary};
    }

    private int selfRow() {
        return heads * imageLength * paddedHeadSize;
    }

    private int crossRow() {
        return heads * textLength * headSize;
    }

    private static int roundUp(int length) {
        return (length + TEXT_STEP - 1) / TEXT_STEP * TEXT_STEP;
    }

    private static FloatBuffer floats(int count) {
        return direct(Math.multiplyExact(count, Float.BYTES)).asFloatBuffer();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
}
