package org.dallemini.chaos;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.dallemini.chaos.StoredImageLog.Sighting;

/**
 * How long a reader of committed records saw nothing, in seconds.
 *
 * @param allSilent the longest time without a record of any partition
 * @param oneSilent the longest time without a record of some partition
 * @param late the longest time from a record's own time until it was seen
 */
record Blindness(double allSilent, double oneSilent, double late) {

    /**
     * A pause that began before counts from its beginning, one that goes on up to the end of the time.
     *
     * @param from in milliseconds since 1970
     * @param until the same
     */
    static Blindness of(List<Sighting> sightings, long from, long until) {
        double one = sightings.stream().collect(Collectors.groupingBy(Sighting::partition)).values().stream()
                .mapToDouble(partition -> longestPause(partition, from, until))
                .max()
                .orElse((until - from) / 1e3);
        long late = sightings.stream()
                .filter(image -> image.seen() >= from && image.seen() <= until)
                .mapToLong(image -> image.seen() - image.announced())
                .max()
                .orElse(0);
        return new Blindness(longestPause(sightings, from, until), one, late / 1e3);
    }

    private static double longestPause(List<Sighting> sightings, long from, long until) {
        long[] moments = LongStream.concat(
                        LongStream.of(until), sightings.stream().mapToLong(Sighting::seen))
                .sorted()
                .toArray();
        long longest = moments[0] >= until ? until - from : 0; // nothing was seen before
        for (int i = 1; i < moments.length && moments[i - 1] < until; i++) {
            if (moments[i] > from) {
                longest = Math.max(longest, moments[i] - moments[i - 1]);
            }
        }
        return longest / 1e3;
    }
}
