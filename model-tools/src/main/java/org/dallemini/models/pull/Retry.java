package org.dallemini.models.pull;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.dallemini.models.pull.PullException.Kind;

/**
 * Tries again what failed for the network's sake: after a pause that doubles, or as long as the server asks, and a
 * number of times.
 *
 * @param pauses how long and how often
 * @param stopped whether the user wants to end
 * @param notices told of each pause
 */
record Retry(Pauses pauses, BooleanSupplier stopped, Consumer<String> notices) {
    private static final long SLICE_MILLIS = 100;

    /**
     * How long to wait and how often.
     *
     * @param first pause; each is twice the one before, shortened at random by up to a half
     * @param longest no pause of our own is longer
     * @param longestAsked a server that asks for more is given up at once
     * @param tries in a row that may fail
     */
    record Pauses(Duration first, Duration longest, Duration longestAsked, int tries) {
        static final Pauses USUAL = new Pauses(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5), 6);

        Duration after(int failures) {
            long full = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures - 1, 20));
            return Duration.ofMillis(full - ThreadLocalRandom.current().nextLong(full / 2 + 1));
        }
    }

    /** A call that may fail because of the network. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    <T> T call(Attempt<T> attempt) throws IOException {
        for (int failures = 1; ; failures++) {
            requireNotStopped();
            try {
                return attempt.run();
            } catch (PullException e) {
                await(failures, e);
            }
        }
    }

    /**
     * Waits until it is time to try again.
     *
     * @param failures in a row, from 1
     * @param last why it failed; thrown if trying again is no use, or was tried often enough
     */
    void await(int failures, PullException last) throws PullException {
        if (last.kind() != Kind.UNAVAILABLE) {
            throw last;
        }
        requireNotStopped();
        Duration asked = last.retryAfter();
        if (failures >= pauses.tries || (asked != null && asked.compareTo(pauses.longestAsked) > 0)) {
            throw new PullException(
                    Kind.UNAVAILABLE,
                    last.getMessage() + (failures > 1 ? "; tried " + failures + " times" : "")
                            + ". What has been fetched stays: the same command goes on from there",
                    last);
        }
        Duration pause = asked == null ? pauses.after(failures) : asked;
        notices.accept(
                String.format(Locale.ROOT, "%s; trying again in %.1f s", last.getMessage(), pause.toMillis() / 1e3));
        sleep(pause);
    }

    private void sleep(Duration pause) throws PullException {
        long end = System.nanoTime() + pause.toNanos();
        try {
            for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
                requireNotStopped();
                Thread.sleep(Math.min(SLICE_MILLIS, left / 1_000_000 + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullException(Kind.INTERRUPTED, "Interrupted", e);
        }
    }

    void requireNotStopped() throws PullException {
        if (stopped.getAsBoolean()) {
            throw new PullException(
                    Kind.INTERRUPTED, "Interrupted. What has been fetched stays: the same command goes on from there");
        }
    }
}
