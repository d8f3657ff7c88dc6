package org.dallemini.show;

/** The 256 colours of xterm and of those after it; the first sixteen, which people choose themselves, are left out. */
final class Xterm256 {
    private static final int CUBE = 16;
    private static final int GREYS = 232;
    private static final int[] LEVELS = {0, 95, 135, 175, 215, 255};

    private Xterm256() {}

    /** The number of the colour that is nearest to another. */
    static int nearest(int rgb) {
        int best = CUBE;
        int least = Integer.MAX_VALUE;
        for (int i = CUBE; i < 256; i++) {
            int distance = distance(rgb, rgb(i));
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    /** The colour of a number from 16 on. */
    static int rgb(int number) {
        if (number >= GREYS) {
            int grey = 8 + 10 * (number - GREYS);
            return grey << 16 | grey << 8 | grey;
        }
        int i = number - CUBE;
        return LEVELS[i / 36] << 16 | LEVELS[i / 6 % 6] << 8 | LEVELS[i % 6];
    }

    private static int distance(int one, int other) {
        int red = (one >> 16) - (other >> 16);
        int green = (one >> 8 & 255) - (other >> 8 & 255);
        int blue = (one & 255) - (other & 255);
        return red * red + green * green + blue * blue;
    }
}
