package org.dallemini.show;

/** A picture in DEC's sixels: columns of six pixels in rows, colour by colour. */
final class Sixels {
    /** As many colours have the registers of most terminals. */
    private static final int MOST_COLOURS = 256;

    /** Pictures that are narrower are enlarged, as much as they are still below that. */
    private static final int WIDTH = 256;

    private static final int BAND = 6;

    /** Shorter runs are as short written out. */
    private static final int SHORTEST_RUN = 4;

    private Sixels() {}

    static String of(Raster given) {
        Raster picture = given.width() * 2 <= WIDTH ? given.larger(WIDTH / given.width()) : given;
        Palette palette = Palette.of(picture, MOST_COLOURS);
        var text = new StringBuilder("\u001bP0;1q\"1;1;")
                .append(picture.width())
                .append(';')
                .append(picture.height());
        for (int i = 0; i < palette.colours().length; i++) {
            int colour = palette.colours()[i];
            text.append('#').append(i).append(";2;").append(percent(colour >> 16));
            text.append(';').append(percent(colour >> 8 & 255));
            text.append(';').append(percent(colour & 255));
        }
        for (int top = 0; top < picture.height(); top += BAND) {
            band(picture, palette, top, text);
        }
        return text.append("\u001b\\\n").toString();
    }

    private static int percent(int component) {
        return Math.round(component * 100 / 255f);
    }

    /** Six rows, or what is left: each colour that is in them from the left to the right. */
    private static void band(Raster picture, Palette palette, int top, StringBuilder text) {
        int width = picture.width();
        int rows = Math.min(BAND, picture.height() - top);
        int[][] bits = new int[palette.colours().length][];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < width; x++) {
                int colour = palette.indices()[(top + y) * width + x];
                if (bits[colour] == null) {
                    bits[colour] = new int[width];
                }
                bits[colour][x] |= 1 << y;
            }
        }
        for (int colour = 0; colour < bits.length; colour++) {
            if (bits[colour] != null) {
                text.append('#').append(colour);
                runs(bits[colour], text);
                text.append('$'); // back to the left
            }
        }
        text.append('-'); // to the next six
    }

    private static void runs(int[] bits, StringBuilder text) {
        for (int from = 0; from < bits.length; ) {
            int to = from;
            while (to < bits.length && bits[to] == bits[from]) {
                to++;
            }
            String sixel = String.valueOf((char) ('?' + bits[from]));
            int run = to - from;
            text.append(run < SHORTEST_RUN ? sixel.repeat(run) : "!" + run + sixel);
            from = to;
        }
    }
}
