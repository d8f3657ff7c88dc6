package org.dallemini.dalle.bart;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Draws rows token by token, all open rows in one step, each at its own position: a row may be opened or closed between
 * any two steps. What a row computes never depends on the other rows, to the bit. Not thread-safe.
 */
public interface Decoder extends AutoCloseable {

    /**
     * Begins a row at position 0, about to be fed the start token.
     *
     * @throws IllegalStateException if as many rows are open as there is room for
     */
    Row open(EncodedText text);

    /** Ends a row; its place is free at once. */
    void close(Row row);

    /**
     * Feeds every open row its token and moves it to the next position. Afterwards {@link #logits} holds what to draw
     * the next tokens from.
     *
     * @throws org.dallemini.dalle.model.ModelException if the computation failed; no row has moved, and the step may be
     *     tried again
     */
    void step();

    /**
     * The same for some rows alone, one after the other: tells which rows make a step fail.
     *
     * @throws org.dallemini.dalle.model.ModelException if the computation failed for one of them; none of them has
     *     moved
     */
    void step(List<Row> some);

    /** The logits of the last step, those of a row from {@link Row#offset} on. Valid until the next step. */
    FloatBuffer logits();

    /** Number of logits of a row. */
    int vocabulary();

    @Override
    void close();

    /** One sequence of tokens in the making. */
    final class Row {
        final EncodedText text;
        final int vocabulary;
        /** Place in the buffers; may change at the start of a step. */
        int index;

        int position;

        int token;
        /** Whether the cross attention of the text lies at this row's place. */
        boolean packed;

        Row(EncodedText text, int index, int startToken, int vocabulary) {
            this.text = text;
            this.index = index;
            this.token = startToken;
            this.vocabulary = vocabulary;
        }

        /** Sets the token that the next step feeds. */
        public void feed(int next) {
            token = next;
        }

        /** Where in {@link Decoder#logits} the logits of this row begin. */
        public int offset() {
            return index * vocabulary;
        }
    }
}
