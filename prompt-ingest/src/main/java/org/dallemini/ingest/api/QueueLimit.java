package org.dallemini.ingest.api;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.Jobs.Page;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how many images wait to be drawn. All jobs are counted now and then, on one thread that is idle nine tenths of
 * its time, and what this process has let in since is added: an estimate, which other processes may exceed by what they
 * let in between two counts. Thread-safe.
 */
final class QueueLimit implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(QueueLimit.class);
    private static final int PAGE = 1000;

    private final Jobs jobs;
    private final long most;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicLong added = new AtomicLong();

    /** Images that wait, less what had been added when they were counted. */
    private volatile long counted;

    /** @param most images that may wait; 0 for any number */
    QueueLimit(Jobs jobs, long most) {
        this.jobs = jobs;
        this.most = most;
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread counting = new Thread(task, "queue-limit");
                    counting.setDaemon(true);
                    return counting;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        if (most > 0) {
            thread.execute(this::countAgainAndAgain);
        }
    }

    void add(int images) throws RefusedRequestException {
        if (most > 0 && counted + added.get() + images > most) {
            throw new RefusedRequestException(Problem.tooMany(
                    "queue-full",
                    "The queue is full: " + Math.max(0, counted + added.get())
                            + " images wait to be drawn, the limit is " + most
                            + " (api.max.queued.images): send it again later.",
                    INTERVAL.multipliedBy(2)));
        }
        added.addAndGet(images);
    }

    private void countAgainAndAgain() {
        long start = System.nanoTime();
        try {
            count();
        } catch (JobsUnavailableException e) {
            LOG.debug("Nobody can tell how many images wait", e);
        } catch (RuntimeException e) {
            LOG.error("The images that wait could not be counted", e);
        }
        long took = System.nanoTime() - start;
        thread.schedule(this::countAgainAndAgain, Math.max(INTERVAL.toNanos(), 9 * took), TimeUnit.NANOSECONDS);
    }

    /** Counts the images that wait. */
    void count() {
        long addedBefore = added.get();
        long waiting = 0;
        String after = null;
        do {
            Page page = jobs.list(QueueLimit::isUnfinished, after, PAGE);
            for (JobStatus job : page.jobs()) {
                waiting += job.getRequested() - job.getStored() - job.getFailed();
            }
            after = page.next();
        } while (after != null);
        counted = waiting - addedBefore;
    }

    private static boolean isUnfinished(JobStatus job) {
        return job.getState() == JobState.PENDING || job.getState() == JobState.RUNNING;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
