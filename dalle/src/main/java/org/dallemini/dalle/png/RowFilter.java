package org.dallemini.dalle.png;

/**
 * PNG's filters, which replace each byte by its difference from a guess that its neighbours give, so that it deflates
 * better. Each row gets the filter whose differences, taken as signed bytes, have the smallest sum of magnitudes: the
 * heuristic that the PNG specification recommends (chapter 12.7).
 */
final class RowFilter {
    private static final int NONE = 0, SUB = 1, UP = 2, AVERAGE = 3, PAETH = 4, FILTERS = 5;

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
        byte[][] candidates = new byte[FILTERS][stride];
        for (int row = 0; row < rows; row++) {
            int best = filterRow(pixels, row * stride, stride, pixelBytes, candidates);
            out[row * (stride + 1)] = (byte) best;
            System.arraycopy(candidates[best], 0, out, row * (stride + 1) + 1, stride);
        }
        return out;
    }

    /** Filters the row that begins at {@code start} in every way; returns the number of the best. */
    private static int filterRow(byte[] pixels, int start, int stride, int pixelBytes, byte[][] to) {
        int[] costs = new int[FILTERS];
        for (int i = 0; i < stride; i++) {
            int at = start + i;
            int above = start == 0 ? 0 : pixels[at - stride] & 0xFF;
            int left = i < pixelBytes ? 0 : pixels[at - pixelBytes] & 0xFF;
            int aboveLeft = start == 0 || i < pixelBytes ? 0 : pixels[at - stride - pixelBytes] & 0xFF;
            costs[NONE] += Math.abs(to[NONE][i] = pixels[at]);
            costs[SUB] += Math.abs(to[SUB][i] = (byte) (pixels[at] - left));
            costs[UP] += Math.abs(to[UP][i] = (byte) (pixels[at] - above));
            costs[AVERAGE] += Math.abs(to[AVERAGE][i] = (byte) (pixels[at] - (left + above) / 2));
            costs[PAETH] += Math.abs(to[PAETH][i] = (byte) (pixels[at] - paeth(left, above, aboveLeft)));
        }
        int best = NONE;
        for (int filter = NONE; filter < FILTERS; filter++) {
            best = costs[filter] < costs[best] ? filter : best;
        }
        return best;
    }

    /** Of the three neighbours the one nearest to left + above - aboveLeft; ties go to left, then above. */
    private static int paeth(int left, int above, int aboveLeft) {
        int toLeft = Math.abs(above - aboveLeft);
        int toAbove = Math.abs(left - aboveLeft);
        int toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
        // Without branches, which noise makes unpredictable: a mask is -1 where the difference is negative, else 0.
        int notLeft = (toAbove - toLeft | toAboveLeft - toLeft) >> 31;
        int notAbove = (toAboveLeft - toAbove) >> 31;
        int nearer = above ^ ((above ^ aboveLeft) & notAbove);
        return left ^ ((left ^ nearer) & notLeft);
    }
}
