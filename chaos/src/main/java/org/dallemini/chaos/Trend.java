package org.dallemini.chaos;

import java.util.Arrays;
import java.util.List;

/**
 * Whether a measured quantity stays where it is. The slope is Theil's and Sen's, the median of the slopes between all
 * pairs of samples (Sen 1968, doi:10.1080/01621459.1968.10480934): a few outliers, such as a sample taken in the middle
 * of a burst, do not move it.
 *
 * @param first median of the first quarter of the samples
 * @param last median of the last quarter
 * @param most the largest sample
 * @param perHour the slope
 * @param growth what the slope makes of the time that was looked at
 */
record Trend(double first, double last, double most, double perHour, double growth) {
    private static final int MIN_POINTS = 8;
    private static final double SECONDS_AN_HOUR = 3600;

    /** @param seconds when the sample was taken */
    record Sample(double seconds, double value) {}

    /** @throws IllegalArgumentException if there are too few samples to tell anything */
    static Trend of(List<Sample> samples) {
        int count = samples.size();
        if (count < MIN_POINTS) {
            throw new IllegalArgumentException(count + " samples tell no trend, " + MIN_POINTS + " do: run longer");
        }
        double[] slopes = new double[count * (count - 1) / 2];
        int n = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                Sample a = samples.get(i);
                Sample b = samples.get(j);
                slopes[n++] = (b.value() - a.value()) / (b.seconds() - a.seconds());
            }
        }
        double slope = median(slopes);
        double[] values = samples.stream().mapToDouble(Sample::value).toArray();
        double time = samples.get(count - 1).seconds() - samples.get(0).seconds();
        return new Trend(
                median(Arrays.copyOfRange(values, 0, count / 4)),
                median(Arrays.copyOfRange(values, count - count / 4, count)),
                Arrays.stream(values).max().orElseThrow(),
                slope * SECONDS_AN_HOUR,
                slope * time);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
