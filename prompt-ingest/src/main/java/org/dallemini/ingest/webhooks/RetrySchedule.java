package org.dallemini.ingest.webhooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a delivery that failed is tried again: the schedule that Standard Webhooks recommends. */
final class RetrySchedule {
    /** Pauses after the first attempt, the second and so on; more than three days in all. */
    static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    /** What a receiver asks for beyond that is not kept. */
    static final Duration MAX_PAUSE = Duration.ofHours(24);

    /** Pauses are up to a fifth longer, so that what failed together does not come back together. */
    private static final double JITTER = 0.2;

    private final RandomGenerator random;

    RetrySchedule(RandomGenerator random) {
        this.random = random;
    }

    /**
     * How long to wait; empty if that was the last attempt.
     *
     * @param attempts that have failed, at least one
     * @param retryAfter what the receiver asked for; null if it said nothing
     */
    Optional<Duration> pause(int attempts, @Nullable Duration retryAfter) {
        if (attempts > PAUSES.size()) {
            return Optional.empty();
        }
        Duration pause = PAUSES.get(attempts - 1);
        if (retryAfter != null && retryAfter.compareTo(pause) > 0) {
            pause = retryAfter.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : retryAfter;
        }
        return Optional.of(pause.plusMillis((long) (pause.toMillis() * JITTER * random.nextDouble())));
    }
}
