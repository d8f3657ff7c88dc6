package org.dallemini.dalle.checkpoint;

/** Arithmetic on the shapes of arrays. */
final class Shapes {
    private Shapes() {}

    /**
     * Number of elements; 1 for the empty shape of a scalar.
     *
     * @throws ArithmeticException if that is more than a long holds
     */
    static long size(long... shape) {
        long size = 1;
        for (long dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }
}
