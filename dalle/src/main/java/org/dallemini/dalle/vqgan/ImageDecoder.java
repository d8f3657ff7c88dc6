package org.dallemini.dalle.vqgan;

/** Draws the image that a grid of image tokens stands for. For one thread at a time. */
public interface ImageDecoder extends AutoCloseable {

    int rows();

    int columns();

    /** Number of tokens that have a meaning: 0 to codes - 1. */
    int codes();

    /**
     * Decodes one image. (Several at once are not faster: a single one keeps all cores busy.)
     *
     * @param tokens rows * columns codebook rows, from the top left. Those at or beyond {@link #codes}, which the
     *     original leaves undefined, are taken as the last one.
     * @throws IllegalArgumentException if the number of tokens is not rows * columns, or one is negative
     * @throws RuntimeException if the computation fails, for lack of memory for example
     */
    RgbImage decode(int[] tokens);

    @Override
    void close();
}
