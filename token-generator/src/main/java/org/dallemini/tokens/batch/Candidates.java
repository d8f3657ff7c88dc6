package org.dallemini.tokens.batch;

import java.time.Instant;
import java.util.BitSet;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.stage.Task;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn for one image: the image itself, or several candidates of which the one with the highest score is kept.
 * Each is an image of the batch by itself and begins when a slot falls free, so that they may be more than there are
 * slots. All are drawn here or, after a crash, all again. Not thread-safe.
 */
final class Candidates {
    private final Task<ImageRequest, ImageTokens> task;
    private final TokenRequest first;
    private final int count;
    private final long stride;
    private final Instant startedAt;
    private final long startedNanos = System.nanoTime();
    private int begun;
    private final BitSet ended = new BitSet();
    private @Nullable Candidate best;

    /**
     * One of them.
     *
     * @param number from 0
     */
    record Candidate(Candidates all, int number, TokenRequest request, Drawing drawing) {
        Task<ImageRequest, ImageTokens> task() {
            return all.task;
        }
    }

    /**
     * @param task that was started
     * @param first with the seed of the first candidate; those of the others follow in steps of the prompt's images
     */
    Candidates(Task<ImageRequest, ImageTokens> task, TokenRequest first, Instant startedAt) {
        this.task = task;
        this.first = first;
        this.count = task.input().getCandidates();
        this.stride = task.input().getCount();
        this.startedAt = startedAt;
    }

    Task<ImageRequest, ImageTokens> task() {
        return task;
    }

    Instant startedAt() {
        return startedAt;
    }

    long startedNanos() {
        return startedNanos;
    }

    /** Whether some have not begun, and are still of use. */
    boolean hasMore() {
        return begun < count && task.isActive();
    }

    /**
     * Begins the next one.
     *
     * @throws RuntimeException if its text cannot be read
     * @throws OutOfMemoryError if there is no room at present; it has not begun then
     */
    Candidate begin(ContinuousBatch batch) {
        var request = new TokenRequest(
                first.text(), first.negativeText(), first.seed() + begun * stride, first.parameters(), first.prefix());
        Drawing drawing = batch.start(request, count > 1);
        return new Candidate(this, begun++, request, drawing);
    }

    /** Takes one that is drawn, also again; true if all are. */
    boolean end(Candidate candidate) {
        if (best == null || isBetter(candidate, best)) {
            best = candidate;
        }
        ended.set(candidate.number);
        return ended.cardinality() == count;
    }

    /** They may end in any order: of equal ones the first is kept, or the choice would depend on the neighbours. */
    private static boolean isBetter(Candidate candidate, Candidate best) {
        int compared = Double.compare(candidate.drawing.score(), best.drawing.score());
        return compared > 0 || compared == 0 && candidate.number < best.number;
    }

    /** The best of those that have ended. */
    Candidate best() {
        if (best == null) {
            throw new IllegalStateException("none has ended");
        }
        return best;
    }
}
