package org.dallemini.ingest.api;

import java.util.concurrent.atomic.AtomicLong;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.JobSweep;
import org.dallemini.ingest.jobs.Jobs;

/**
 * Bounds how many images wait to be drawn. They are counted at each look at all jobs, and what this process has let in
 * since is added: an estimate, which other processes may exceed by what they let in between two looks. Thread-safe.
 */
public final class QueueLimit implements JobSweep.Observer {
    private final long most;
    private final AtomicLong added = new AtomicLong();

    /** Images that wait, less what had been added when they were counted. */
    private volatile long counted;

    /** @param most images that may wait; 0 for any number */
    public QueueLimit(long most) {
        this.most = most;
    }

    void add(int images) throws RefusedRequestException {
        if (most > 0 && images > most) {
            throw new RefusedRequestException(Problem.of(
                    413,
                    "job-too-large",
                    "The job asks for " + images + " images, and no more than " + most
                            + " may wait to be drawn (api.max.queued.images): split it over several jobs."));
        }
        long waiting = Math.max(0, counted + added.get());
        if (most > 0 && waiting + images > most) {
            throw new RefusedRequestException(Problem.tooMany(
                    "queue-full",
                    "The queue is full: " + waiting + " images wait to be drawn, and no more than " + most
                            + " may (api.max.queued.images): send it again later.",
                    JobSweep.INTERVAL.multipliedBy(2)));
        }
        added.addAndGet(images);
    }

    @Override
    public JobSweep.Look begin() {
        return new Count(added.get());
    }

    /** Counts the images that wait. */
    private final class Count implements JobSweep.Look {
        private final long addedBefore;
        private long waiting;

        private Count(long addedBefore) {
            this.addedBefore = addedBefore;
        }

        @Override
        public void at(JobStatus job) {
            if (!Jobs.hasEnded(job)) {
                waiting += job.getRequested() - job.getStored() - job.getFailed() - job.getCanceled();
            }
        }

        @Override
        public void end() {
            counted = waiting - addedBefore;
        }
    }
}
