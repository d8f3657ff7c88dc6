package org.dallemini.ingest.jobs;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dallemini.events.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all jobs every few seconds, for those who have to know something of all of them, on one thread that is idle
 * nine tenths of its time.
 */
public final class JobSweep implements AutoCloseable {
    /** From the end of one look to the next, if that took no longer than a ninth of it. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(JobSweep.class);
    private static final int REST_FACTOR = 9;

    private final Jobs jobs;
    private final List<Observer> observers;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread sweeping = new Thread(task, "job-sweep");
        sweeping.setDaemon(true);
        return sweeping;
    });

    /** An observer of all jobs; called by one thread only. */
    @FunctionalInterface
    public interface Observer {
        /** A sweep begins. */
        Look begin();
    }

    /** What one look at all jobs finds out. It counts when it ends; it may break off. */
    public interface Look {
        /** Takes a job. */
        void at(JobStatus job);

        /** The sweep is complete. */
        void end();
    }

    /** @param observers of each look */
    public JobSweep(Jobs jobs, List<Observer> observers) {
        this.jobs = jobs;
        this.observers = List.copyOf(observers);
    }

    /** Looks at once and from then on. */
    public static JobSweep start(Jobs jobs, List<Observer> observers) {
        JobSweep sweep = new JobSweep(jobs, observers);
        sweep.thread.execute(sweep::lookAndRest);
        return sweep;
    }

    private void lookAndRest() {
        long start = System.nanoTime();
        try {
            look();
        } catch (JobsUnavailableException e) {
            log.debug("Nobody can tell what jobs there are", e);
        } catch (RuntimeException e) {
            log.error("The jobs could not be looked at", e);
        }
        long rest = Math.max(INTERVAL.toNanos(), REST_FACTOR * (System.nanoTime() - start));
        try {
            thread.schedule(this::lookAndRest, rest, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Closed", e);
        }
    }

    /**
     * Looks at all jobs once.
     *
     * @throws JobsUnavailableException if the jobs are not available at present
     */
    public void look() {
        List<Look> looks = observers.stream().map(Observer::begin).toList();
        String next = null;
        do {
            Jobs.Page page = jobs.list(
                    job -> {
                        looks.forEach(look -> look.at(job));
                        return false; // nothing is to be listed
                    },
                    next,
                    1);
            next = page.next();
        } while (next != null);
        looks.forEach(Look::end);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
