package org.dallemini.images.png;

/**
 * PNG's filters, which replace each byte by its difference from a guess that its neighbours give, so that it deflates
 * better. Each row gets the filter whose differences, taken as signed bytes, have the smallest sum of magnitudes: the
 * heuristic that the PNG specification recommends (chapter 12.7).
 */
final class RowFilter {
    private static final int NONE = 0, SUB = 1, UP = 2, AVERAGE = 3, PAETH = 4;

    private RowFilter() {}

    /**
     * @param pixels rows of the same length, one after the other
     * @param stride bytes of a row
     * @param pixelBytes bytes of a pixel
     * @return every row with the number of its filter before it
     */
    static byte[] filter(byte[] pixels, int stride, int pixelBytes) {
        int rows = pixels.length / stride;
        byte[] out = new byte[rows * (stride + 1)];
        byte[] best = new byte[stride];
        byte[] candidate = new byte[stride];
        for (int row = 0; row < rows; row++) {
            int bestFilter = NONE;
            long bestCost = Long.MAX_VALUE;
            for (int filter = NONE; filter <= PAETH; filter++) {
                long cost = apply(filter, pixels, row * stride, stride, pixelBytes, candidate);
                if (cost < bestCost) {
                    bestCost = cost;
                    bestFilter = filter;
                    byte[] swap = best;
                    best = candidate;
                    candidate = swap;
                }
            }
            out[row * (stride + 1)] = (byte) bestFilter;
            System.arraycopy(best, 0, out, row * (stride + 1) + 1, stride);
        }
        return out;
    }

    /** Filters the row that starts at {@code start}; returns the sum of magnitudes. */
    private static long apply(int filter, byte[] pixels, int start, int stride, int pixelBytes, byte[] to) {
        boolean first = start == 0;
        long cost = 0;
        for (int i = 0; i < stride; i++) {
            int at = start + i;
            int left = i < pixelBytes ? 0 : pixels[at - pixelBytes] & 0xFF;
            int above = first ? 0 : pixels[at - stride] & 0xFF;
            int aboveLeft = first || i < pixelBytes ? 0 : pixels[at - stride - pixelBytes] & 0xFF;
            int guess =
                    switch (filter) {
                        case SUB -> left;
                        case UP -> above;
                        case AVERAGE -> (left + above) / 2;
                        case PAETH -> paeth(left, above, aboveLeft);
                        default -> 0;
                    };
            to[i] = (byte) (pixels[at] - guess);
            cost += Math.abs(to[i]);
        }
        return cost;
    }

    /** Of the three neighbours the one nearest to left + above - aboveLeft; ties go to left, then above. */
    private static int paeth(int left, int above, int aboveLeft) {
        int toLeft = Math.abs(above - aboveLeft);
        int toAbove = Math.abs(left - aboveLeft);
        int toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft) {
            return left;
        }
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
