package org.dallemini.evaluation;

import org.dallemini.dalle.vqgan.RgbImage;

/**
 * How far the levels of two pictures of one size, 0 to 255, are apart.
 *
 * @param mean of all levels
 * @param largest of any
 */
record LevelDifference(double mean, int largest) {

    static LevelDifference of(RgbImage a, RgbImage b) {
        long sum = 0;
        int largest = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            int difference = Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff));
            sum += difference;
            largest = Math.max(largest, difference);
        }
        return new LevelDifference((double) sum / a.rgb().length, largest);
    }
}
