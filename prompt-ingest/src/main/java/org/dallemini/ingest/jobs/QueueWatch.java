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
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Estimates how long jobs will wait: a thread looks at all jobs every few seconds, and rests the longer the longer that
 * takes. What it tells is no promise: jobs that come later may be drawn first where partitions are worked off at
 * different rates, and token generators come and go.
 */
public final class QueueWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int REST = 20;

    /** With more that wait, nothing is estimated: some tens of megabytes. */
    private static final int MOST_WAITING = 100_000;

    private static final Comparator<Waiting> FIRST_COME =
            Comparator.comparing(Waiting::submittedAt).thenComparing(Waiting::jobId);

    private final Jobs jobs;
    private final InstantSource clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread watching = new Thread(task, "queue-watch");
        watching.setDaemon(true);
        return watching;
    });
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

    QueueWatch(Jobs jobs, InstantSource clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    /** Starts to watch. */
    public static QueueWatch start(Jobs jobs) {
        QueueWatch watch = new QueueWatch(jobs, InstantSource.system());
        watch.thread.execute(watch::lookAndRest);
        return watch;
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
        boolean isUnderWay = job.getState() == JobState.PENDING || job.getState() == JobState.RUNNING;
        return isUnderWay && job.getCancelRequestedAt() == null
                ? job.getRequested() - job.getTokensDrawn() - job.getFailed() - job.getCanceled()
                : 0;
    }

    private void lookAndRest() {
        long start = System.nanoTime();
        try {
            look();
        } catch (JobsUnavailableException e) {
            LOG.debug("Nobody can tell how the queues are", e);
        } catch (RuntimeException e) {
            LOG.error("The queues could not be looked at", e);
        }
        long rest = Math.max(INTERVAL.toNanos(), REST * (System.nanoTime() - start));
        try {
            thread.schedule(this::lookAndRest, rest, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Closed", e);
        }
    }

    /** Looks at all jobs once. */
    void look() {
        Instant now = clock.instant();
        Look look = new Look(lookedAt);
        String next = null;
        do {
            next = jobs.list(look::at, next, 1).next();
        } while (next != null);
        Map<Lane, Queue> found = new EnumMap<>(Lane.class);
        for (Lane lane : Lane.values()) {
            Queue before = queues.get(lane);
            DrawingRate rate = rates.computeIfAbsent(lane, any -> new DrawingRate());
            if (lookedAt != null && before != null && before.images > 0) {
                rate.add(Duration.between(lookedAt, now), look.drawn.getOrDefault(lane, 0));
            }
            found.put(lane, queue(look.waiting(lane), rate.perSecond()));
        }
        drawnBefore = look.drawnNow;
        lookedAt = now;
        queues = look.isTooMuch() ? Map.of() : found;
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
    private final class Look {
        private final @Nullable Instant before;
        private final Map<Lane, List<Waiting>> waiting = new EnumMap<>(Lane.class);
        private final Map<Lane, Integer> drawn = new EnumMap<>(Lane.class);
        private final Map<String, Integer> drawnNow = new HashMap<>();

        private Look(@Nullable Instant before) {
            this.before = before;
        }

        List<Waiting> waiting(Lane lane) {
            return waiting.computeIfAbsent(lane, any -> new ArrayList<>());
        }

        boolean isTooMuch() {
            return drawnNow.size() >= MOST_WAITING;
        }

        /** @return false, always: nothing is to be listed */
        boolean at(JobStatus job) {
            drawn.merge(job.getLane(), drawnSince(job), Integer::sum);
            boolean isUnderWay = job.getState() == JobState.PENDING || job.getState() == JobState.RUNNING;
            if (isUnderWay && !isTooMuch()) {
                drawnNow.put(job.getJobId(), job.getTokensDrawn());
                int left = left(job);
                if (left > 0) {
                    waiting(job.getLane()).add(new Waiting(job.getJobId(), job.getSubmittedAt(), left));
                }
            }
            return false;
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

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
