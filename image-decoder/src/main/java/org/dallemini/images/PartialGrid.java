package org.dallemini.images;

import java.util.Arrays;
import org.dallemini.dalle.vqgan.RgbImage;

/**
 * The first tokens of an image, and how it is shown while the others are missing: what is drawn as it is, the cells to
 * come in grey, with a soft border between them.
 *
 * @param drawn the first tokens, row by row from the top left; at least one, at most rows * columns
 * @param rows of the whole grid
 * @param columns of the grid
 */
record PartialGrid(int[] drawn, int rows, int columns) {
    /** Level of the cells to come: neither glaring on a dark page nor on a light one. */
    static final int GREY = 0x9c;

    PartialGrid {
        if (drawn.length < 1 || drawn.length > rows * columns) {
            throw new IllegalArgumentException(
                    drawn.length + " tokens are not the first of " + rows + " rows and " + columns + " columns");
        }
    }

    /**
     * Tokens for the whole grid. A cell to come is as the one above it, or in the first row as the last one drawn, so
     * that cells at the border look as if the picture went on.
     */
    int[] filled() {
        int[] tokens = Arrays.copyOf(drawn, rows * columns);
        for (int i = drawn.length; i < tokens.length; i++) {
            tokens[i] = i < columns ? drawn[drawn.length - 1] : tokens[i - columns];
        }
        return tokens;
    }

    /**
     * Paints the cells to come.
     *
     * @param image decoded from {@link #filled}
     */
    RgbImage veil(RgbImage image) {
        if (drawn.length == rows * columns) {
            return image;
        }
        int cell = image.height() / rows;
        byte[] rgb = image.rgb().clone();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                double veil = veil(x, y, cell);
                for (int i = 3 * (y * image.width() + x), end = i + 3; veil > 0 && i < end; i++) {
                    rgb[i] = (byte) Math.round(Byte.toUnsignedInt(rgb[i]) * (1 - veil) + GREY * veil);
                }
            }
        }
        return new RgbImage(image.width(), image.height(), rgb);
    }

    /** How much grey lies over a pixel: 0 over what is drawn, 1 from half a cell away from it. */
    private double veil(int x, int y, int cell) {
        int row = y / cell;
        int full = drawn.length / columns;
        int begun = drawn.length % columns;
        if (row < full || row == full && x / cell < begun) {
            return 0;
        }
        double below = full == 0 ? Double.POSITIVE_INFINITY : y - full * cell + 0.5;
        double aside = begun == 0
                ? Double.POSITIVE_INFINITY
                : Math.hypot(Math.max(0, x - begun * cell + 0.5), Math.max(0, y - (full + 1) * cell + 0.5));
        double way = Math.min(1, Math.min(below, aside) / (cell / 2.0));
        return way * way * (3 - 2 * way);
    }
}
