package org.dallemini.ingest.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.dallemini.deadletters.DeadLetterException;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.json.JobJson;
import org.dallemini.stage.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API does with jobs that are on their way, without HTTP. */
public final class JobControl {
    private static final Logger log = LoggerFactory.getLogger(JobControl.class);

    /** How long a job may take to say that it knows; usually it is some tenths of a second. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(50);

    private final JobResource jobs;
    private final JobCommands commands;
    private final JobRetries retries;
    private final InstantSource clock;

    public JobControl(JobResource jobs, JobCommands commands, JobRetries retries, InstantSource clock) {
        this.jobs = jobs;
        this.commands = commands;
        this.retries = retries;
        this.clock = clock;
    }

    /** @param job as it is once it knows what was sent back, or after some seconds if it does not say so until then */
    record Retry(JobStatus job, JobRetries.Retried retried) {}

    /** Cancels what of a job is not drawn yet; the job as it was, once that is safe. Once more is allowed. */
    JobStatus cancel(String jobId) throws RefusedRequestException {
        JobStatus job = jobs.find(jobId);
        if (job.getState() == JobState.CANCELED) {
            return job;
        }
        if (job.getState() == JobState.COMPLETED || job.getState() == JobState.FAILED) {
            throw new RefusedRequestException(Problem.of(
                    409,
                    "job-ended",
                    "The job has ended, it is " + JobJson.state(job.getState())
                            + ": there is nothing left to cancel. Its images stay where they are."));
        }
        publish(jobId, JobAction.CANCEL, null);
        Instant known = job.getCancelRequestedAt();
        return JobStatus.newBuilder(job)
                .setCancelRequestedAt(known == null ? clock.instant() : known)
                .build();
    }

    /** Takes a cancel back; the job as it was, once that is safe. What was given up until now is not drawn by it. */
    JobStatus resume(String jobId) throws RefusedRequestException {
        JobStatus job = jobs.find(jobId);
        publish(jobId, JobAction.RESUME, null);
        return JobStatus.newBuilder(job).setCancelRequestedAt(null).build();
    }

    /**
     * Deletes a job that has ended, and its images; the job as it was, once that is safe.
     *
     * @param by who asks; null if that is not known
     */
    JobStatus delete(String jobId, @Nullable String by) throws RefusedRequestException {
        JobStatus job = jobs.find(jobId);
        if (!Jobs.hasEnded(job)) {
            throw new RefusedRequestException(Problem.of(
                    409,
                    "job-running",
                    "The job has not ended, it is " + JobJson.state(job.getState())
                            + ": cancel it first, and delete it when it is canceled."));
        }
        publish(jobId, JobAction.DELETE, by);
        jobs.delete(jobId);
        return job;
    }

    /** Sends back what failed of a job, each dead letter once; of a canceled one, that is taken back first. */
    Retry retry(String jobId) throws RefusedRequestException {
        JobStatus job = jobs.find(jobId);
        if (job.getCancelRequestedAt() != null) {
            publish(jobId, JobAction.RESUME, null);
            job = await(jobId, now -> now.getCancelRequestedAt() == null);
            if (job.getCancelRequestedAt() != null) {
                throw away("The job was resumed and does not say so yet, and what is sent back would be refused once"
                        + " more: send the retry again in some seconds.");
            }
        }
        JobStatus before = job;
        JobRetries.Retried retried = replay(job);
        if (retried.replayed() > 0) {
            job = await(jobId, now -> now.getUpdatedAt().isAfter(before.getUpdatedAt()));
        }
        return new Retry(job, retried);
    }

    private JobRetries.Retried replay(JobStatus job) throws RefusedRequestException {
        JobRetries.Retried retried;
        try {
            retried = retries.retry(job);
        } catch (DeadLetterException e) {
            log.warn("The retry of job {} was not finished: {}", job.getJobId(), Failures.describe(e));
            throw away("Another replay of dead letters is at work, or the topic that keeps account of them is"
                    + " missing: send the retry again in some seconds; nothing is sent back twice.");
        } catch (KafkaException e) {
            log.warn("The retry of job {} was not finished: {}", job.getJobId(), Failures.describe(e));
            throw away("Kafka or the schema registry does not answer at present: send the retry again in some"
                    + " seconds; nothing is sent back twice.");
        }
        if (!retried.complete()) {
            throw away("There was no time to look at all dead letters, and " + retried.replayed()
                    + " were sent back: send the retry again to go on; nothing is sent back twice.");
        }
        return retried;
    }

    /** The job once it fits, or as it is when there has been time enough for that. */
    private JobStatus await(String jobId, Predicate<JobStatus> fits) throws RefusedRequestException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        JobStatus job = jobs.find(jobId);
        while (!fits.test(job) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL.toNanos());
            job = jobs.find(jobId);
        }
        return job;
    }

    private static RefusedRequestException away(String detail) {
        return new RefusedRequestException(Problem.of(503, "not-available", detail));
    }

    private void publish(String jobId, JobAction action, @Nullable String by) throws RefusedRequestException {
        try {
            commands.publish(jobId, action, by);
        } catch (KafkaException e) {
            log.warn("{} of job {} was not published: {}", action, jobId, Failures.describe(e));
            throw away("Kafka or the schema registry does not take the command at present: send it again in some"
                    + " seconds.");
        }
    }
}
