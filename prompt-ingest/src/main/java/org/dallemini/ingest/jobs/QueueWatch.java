package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how long jobs will wait, from looks at all of them. What it tells is no promise: jobs that come later may
 * be drawn first where partitions are worked off at different rates, and token generators come and go. Estimates may be
 * asked for by any thread.
 */
public final class QueueWatch implements JobSweep.Observer {
    /** With more that wait, nothing is estimated: some tens of megabytes. */
    private static final int MAX_WAITING = 100_000;

    private static final Comparator<Waiting> FIRST_COME =
            Comparator.comparing(Waiting::submittedAt).thenComparing(Waiting::jobId);

    private final InstantSource clock;
    private final Map<Lane, DrawingRate> rates = new EnumMap<>(Lane.class);
    private Map<String, Integer> drawnBefore = Map.of();
    private @Nullable Instant lookedAt;
    private volatile Map<Lane, Queue> queues = Map.of();

    /** A job of which some images are not drawn yet. */
    private record Waiting(String jobId, Instant submittedAt, int images) {}

    /**
     * A lane when it was last looked at.
     *
     * @param ahead of each job that waits, the images of those that came before it
     * @param images of all
     */
    private record Queue(Map<String, Long> ahead, long images, OptionalDouble perSecond) {}

    /**
     * Where a job stands.
     *
     * @param imagesAhead images that are drawn before it
     * @param startsAt when its first image may be drawn; null if that is not known, or was
     * @param endsAt when its last image may be drawn; null if that is not known
     */
    public record Estimate(
            long imagesAhead,
            @Nullable Instant startsAt,
            @Nullable Instant endsAt) {}

    public QueueWatch(InstantSource clock) {
        this.clock = clock;
    }

    /** Where a job stands; empty if it waits for nothing, or nobody has looked yet. */
    public Optional<Estimate> estimate(JobStatus job) {
        Queue queue = queues.get(job.getLane());
        int left = left(job);
        if (queue == null || left <= 0) {
            return Optional.empty();
        }
        long ahead = queue.ahead.getOrDefault(job.getJobId(), queue.images); // it has come since
        boolean hasBegun = job.getTokensDrawn() > 0;
        return Optional.of(new Estimate(ahead, hasBegun ? null : in(ahead, queue), in(ahead + left, queue)));
    }

    private @Nullable Instant in(long images, Queue queue) {
        return queue.perSecond.isEmpty()
                ? null
                : clock.instant().plusMillis((long) (1000 * images / queue.perSecond.getAsDouble()));
    }

    private static int left(JobStatus job) {
        return !Jobs.hasEnded(job) && job.getCancelRequestedAt() == null
                ? job.getRequested() - job.getTokensDrawn() - job.getFailed() - job.getCanceled()
                : 0;
    }

    @Override
    public JobSweep.Look begin() {
        return new Look(lookedAt, clock.instant());
    }

    private static Queue queue(List<Waiting> waiting, OptionalDouble perSecond) {
        waiting.sort(FIRST_COME);
        Map<String, Long> ahead = new HashMap<>();
        long images = 0;
        for (Waiting job : waiting) {
            ahead.put(job.jobId, images);
            images += job.images;
        }
        return new Queue(ahead, images, perSecond);
    }

    /** What is found out at one look. */
    private final class Look implements JobSweep.Look {
        private final @Nullable Instant before;
        private final Instant now;
        private final Map<Lane, List<Waiting>> waiting = new EnumMap<>(Lane.class);
        private final Map<Lane, Integer> drawn = new EnumMap<>(Lane.class);
        private final Map<String, Integer> drawnNow = new HashMap<>();

        private Look(@Nullable Instant before, Instant now) {
            this.before = before;
            this.now = now;
        }

        private List<Waiting> waiting(Lane lane) {
            return waiting.computeIfAbsent(lane, any -> new ArrayList<>());
        }

        private boolean isTooMuch() {
            return drawnNow.size() >= MAX_WAITING;
        }

        @Override
        public void at(JobStatus job) {
            drawn.merge(job.getLane(), drawnSince(job), Integer::sum);
            if (!Jobs.hasEnded(job) && !isTooMuch()) {
                drawnNow.put(job.getJobId(), job.getTokensDrawn());
                int left = left(job);
                if (left > 0) {
                    waiting(job.getLane()).add(new Waiting(job.getJobId(), job.getSubmittedAt(), left));
                }
            }
        }

        @Override
        public void end() {
            Map<Lane, Queue> found = new EnumMap<>(Lane.class);
            for (Lane lane : Lane.values()) {
                Queue last = queues.get(lane);
                DrawingRate rate = rates.computeIfAbsent(lane, any -> new DrawingRate());
                if (before != null && last != null && last.images > 0) {
                    rate.add(Duration.between(before, now), drawn.getOrDefault(lane, 0));
                }
                found.put(lane, queue(waiting(lane), rate.perSecond()));
            }
            drawnBefore = drawnNow;
            lookedAt = now;
            queues = isTooMuch() ? Map.of() : found;
        }

        private int drawnSince(JobStatus job) {
            Integer known = drawnBefore.get(job.getJobId());
            if (known != null) {
                return Math.max(0, job.getTokensDrawn() - known);
            }
            boolean isNew = before != null && job.getSubmittedAt().isAfter(before);
            return isNew ? job.getTokensDrawn() : 0;
        }
    }
}
