package org.dallemini.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.dallemini.events.JobStatus;
import org.dallemini.jobs.JobLog;
import org.dallemini.progress.Progress;
import org.jspecify.annotations.Nullable;

/** Follows a job to its end and shows how far it is. */
final class JobFollower {
    private static final Duration USUAL = Duration.ofSeconds(15);

    private final Progress progress;
    private final long expected;
    private final BooleanSupplier stopped;
    private final long began = System.nanoTime();
    private int storedBefore = -1;
    private boolean toldOfSilence;

    /**
     * @param expected images that the job will have, as far as the caller knows
     * @param stopped asked often
     */
    JobFollower(Progress progress, long expected, BooleanSupplier stopped) {
        this.progress = progress;
        this.expected = expected;
        this.stopped = stopped;
    }

    /** The last status; one that has not ended, or none, if it was stopped before. */
    Optional<JobStatus> run(JobLog jobs, String jobId) {
        progress.begin();
        Optional<JobStatus> last = jobs.follow(jobId, this::heard, stopped);
        progress.clear();
        return last;
    }

    private void heard(@Nullable JobStatus job) {
        if (job == null) {
            progress.phase("Waiting for the prompts to be taken in");
            if (!toldOfSilence && System.nanoTime() - began > USUAL.toNanos()) {
                toldOfSilence = true;
                progress.clear();
                System.err.println("The job is not known yet: is prompt-ingest running?");
            }
            return;
        }
        if (storedBefore < 0) {
            storedBefore = job.getStored();
        }
        long done = (long) job.getStored() + job.getFailed() + job.getCanceled();
        progress.count(done, Math.max(expected, job.getRequested()), job.getStored() - storedBefore, "images");
    }
}
