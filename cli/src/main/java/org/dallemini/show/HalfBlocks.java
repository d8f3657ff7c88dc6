package org.dallemini.show;

/** A picture of characters, each two pixels: the upper one in its own colour, the lower one in that of its ground. */
final class HalfBlocks {
    /** More are not wanted on a wide terminal. */
    private static final int MOST_COLUMNS = 64;

    private static final String PLAIN = "\u001b[0m\n";

    private HalfBlocks() {}

    static String of(Raster picture, int columns, boolean isTrueColour) {
        Raster shown = fit(picture, Math.min(columns, MOST_COLUMNS));
        var text = new StringBuilder();
        for (int y = 0; y < shown.height(); y += 2) {
            int before = -1;
            int beforeBelow = -1;
            for (int x = 0; x < shown.width(); x++) {
                int above = shown.at(x, y);
                int below = shown.at(x, y + 1);
                if (above != before || below != beforeBelow) {
                    text.append("\u001b[")
                            .append(colour(38, above, isTrueColour))
                            .append(';')
                            .append(colour(48, below, isTrueColour))
                            .append('m');
                }
                text.append('▀');
                before = above;
                beforeBelow = below;
            }
            text.append(PLAIN);
        }
        return text.toString();
    }

    /** As wide as there is room, with an even number of rows. */
    private static Raster fit(Raster picture, int columns) {
        int width = Math.min(picture.width(), columns);
        int height = Math.round((float) picture.height() * width / picture.width());
        return picture.smaller(width, Math.max(2, height - height % 2));
    }

    private static String colour(int which, int rgb, boolean isTrueColour) {
        return isTrueColour
                ? which + ";2;" + (rgb >> 16) + ";" + (rgb >> 8 & 255) + ";" + (rgb & 255)
                : which + ";5;" + Xterm256.nearest(rgb);
    }
}
