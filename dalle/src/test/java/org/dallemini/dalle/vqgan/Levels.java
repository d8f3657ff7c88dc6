package org.dallemini.dalle.vqgan;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares 8-bit pixels. */
final class Levels {
    private static final double SHARE_OFF_BY_ONE = 0.001;

    private Levels() {}

    /** At most one level apart, and that seldom: a value near a step may fall to either side of it. */
    static void assertSame(byte[] actual, int[] expected) {
        assertThat(actual).hasSize(expected.length);
        int offByOne = 0;
        for (int i = 0; i < expected.length; i++) {
            int difference = Math.abs((actual[i] & 0xFF) - expected[i]);
            if (difference > 1) {
                throw new AssertionError("level " + i + " is " + (actual[i] & 0xFF) + ", not " + expected[i]);
            }
            offByOne += difference;
        }
        assertThat((double) offByOne / expected.length)
                .as("share of levels off by one")
                .isLessThan(SHARE_OFF_BY_ONE);
    }
}
