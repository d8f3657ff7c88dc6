package org.dallemini.tokens.batch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.dallemini.dalle.drawing.TokenRequest;
import org.dallemini.events.ImageRequest;
import org.dallemini.events.ImageTokens;
import org.dallemini.events.StageTiming;
import org.dallemini.stage.Deadlines;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.Task;
import org.dallemini.stage.footprint.Footprints;
import org.dallemini.tokens.batch.Candidates.Candidate;
import org.dallemini.tokens.batch.Candidates.Drawn;
import org.dallemini.tokens.batch.Candidates.Member;
import org.dallemini.tokens.batch.LaneQueues.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * What is to be drawn for the tasks that were started: which candidates come next in each lane, which tasks share them,
 * and how the tasks end with them. Not thread-safe.
 */
final class CandidatePool {
    private final TokenRecords records;
    private final Footprints footprints;
    private final Cancellations cancellations;
    private final Clock clock;
    private final SharedCandidates shared = new SharedCandidates();
    /** Of each lane what has candidates left to begin. */
    private final List<Deque<Candidates>> unfinished = List.of(new ArrayDeque<>(), new ArrayDeque<>());

    CandidatePool(TokenRecords records, Footprints footprints, Cancellations cancellations, Clock clock) {
        this.records = records;
        this.footprints = footprints;
        this.cancellations = cancellations;
        this.clock = clock;
    }

    /** Whether no lane has candidates left to begin. */
    boolean isEmpty() {
        return unfinished.stream().allMatch(Deque::isEmpty);
    }

    /** Those of a lane of which the next one is to begin; null if there are none. */
    @Nullable
    Candidates next(int lane) {
        return unfinished.get(lane).peek();
    }

    void begun(Candidates candidates) {
        if (!candidates.hasMore()) {
            unfinished.get(candidates.lane()).remove(candidates);
        }
    }

    /** Rejects the tasks of canceled jobs; no further candidate of theirs begins. */
    void refuseCanceled() {
        for (Deque<Candidates> lane : unfinished) {
            lane.removeIf(candidates -> {
                refuseCanceled(candidates);
                return !candidates.hasMore();
            });
        }
    }

    void refuseCanceled(Candidates candidates) {
        for (Member image : candidates.members()) {
            if (image.task().isActive()) {
                cancellations.reject(image.task());
            }
        }
    }

    /** Adds a waiting image to the candidates that its prompt has begun; false if there are none. */
    boolean join(Waiting waiting) {
        Candidates known = shared.find(waiting.task()).orElse(null);
        if (known == null) {
            return false;
        }
        if (waiting.isStarted()) {
            known.join(waiting.task(), clock.instant());
            if (known.areDrawn()) {
                deliver(known);
            }
        }
        return true;
    }

    /** Starts a task: its candidates begin next. What is wrong with it rejects this task alone. */
    void start(Waiting next) {
        Task<ImageRequest, ImageTokens> task = next.task();
        ImageRequest event = task.input();
        Instant now = clock.instant();
        if (!next.isStarted() || join(next) || cancellations.reject(task) || Deadlines.reject(task, event, now)) {
            return;
        }
        TokenRequest request;
        try {
            request = records.request(event, next.picture());
        } catch (RejectedRecordException e) {
            task.reject(e.code(), "image " + event.getImageId() + ": " + e.problem(), e.getCause());
            return;
        } catch (RuntimeException e) { // a mistake of ours that this record brings out
            fail(task, "it cannot be begun", e);
            return;
        }
        var candidates = new Candidates(event, request, task.lane());
        candidates.join(task, now);
        unfinished.get(task.lane()).add(candidates); // first: what is shared must be begun by somebody
        shared.add(task, candidates);
    }

    /** Ends the tasks that wait for a candidate which has ended, if it was the last they wait for. */
    void finish(Candidate image) {
        Candidates all = image.all();
        if (!all.isWanted()) {
            return; // given up
        }
        Throwable failure = image.drawing().failure();
        if (failure != null) {
            fail(all, "the model fails on it", failure);
            return;
        }
        all.end(image);
        if (all.areDrawn()) {
            deliver(all);
        }
    }

    /** Hands over the images that wait for candidates which are all drawn. */
    private void deliver(Candidates all) {
        Task<ImageRequest, ?> any = all.members().get(0).task();
        for (Member image : all.members()) {
            if (image.task().isActive()) {
                deliver(image, all.of(image.task().input()), all.joulesOfAnImage());
            }
        }
        if (all.leave()) {
            shared.remove(any);
        }
    }

    private void deliver(Member image, Drawn drawn, double joules) {
        Task<ImageRequest, ImageTokens> task = image.task();
        ImageTokens result;
        try {
            Duration duration = Duration.ofNanos(System.nanoTime() - image.startedNanos());
            var timing = new StageTiming(image.startedAt(), duration.toMillis(), footprints.of(joules));
            result = records.tokens(task.input(), drawn, timing);
        } catch (RuntimeException e) {
            fail(task, "the model fails on it", e);
            return;
        }
        task.complete(result);
    }

    /** Rejects those that wait for candidates of which one failed; no further one begins. */
    void fail(Candidates candidates, String what, Throwable failure) {
        for (Member image : candidates.members()) {
            if (image.task().isActive()) {
                fail(image.task(), what, failure);
            }
        }
        unfinished.get(candidates.lane()).remove(candidates);
    }

    private static void fail(Task<ImageRequest, ?> task, String what, Throwable failure) {
        task.reject(
                ErrorCode.MODEL_FAILURE,
                "image " + task.input().getImageId() + ": " + what + ": " + failure.getMessage(),
                failure);
    }
}
