package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** How fast the images of a lane were drawn of late, while there were any to draw. Not thread-safe. */
final class DrawingRate {
    private static final Duration WINDOW = Duration.ofMinutes(5);

    /** Of less, nothing is concluded. */
    private static final Duration MIN_TIME = Duration.ofSeconds(5);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Duration time, int drawn) {}

    /**
     * Adds some time in which there was something to draw.
     *
     * @param drawn images
     */
    void add(Duration time, int drawn) {
        samples.addLast(new Sample(time, drawn));
        while (samples.size() > 1 && total().minus(samples.getFirst().time).compareTo(WINDOW) > 0) {
            samples.removeFirst();
        }
    }

    private Duration total() {
        return samples.stream().map(Sample::time).reduce(Duration.ZERO, Duration::plus);
    }

    /** Images a second; empty if that is not known. */
    OptionalDouble perSecond() {
        Duration total = total();
        int drawn = samples.stream().mapToInt(Sample::drawn).sum();
        return drawn == 0 || total.compareTo(MIN_TIME) < 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(1000.0 * drawn / total.toMillis());
    }
}
