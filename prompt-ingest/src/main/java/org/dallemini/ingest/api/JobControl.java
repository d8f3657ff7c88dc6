package org.dallemini.ingest.api;

import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.common.KafkaException;
import org.dallemini.events.JobAction;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.stage.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API does with jobs that are on their way, without HTTP. */
final class JobControl {
    private static final Logger LOG = LoggerFactory.getLogger(JobControl.class);

    private final JobResource jobs;
    private final JobCommands commands;
    private final InstantSource clock;

    JobControl(JobResource jobs, JobCommands commands, InstantSource clock) {
        this.jobs = jobs;
        this.commands = commands;
        this.clock = clock;
    }

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
        publish(jobId, JobAction.CANCEL);
        Instant known = job.getCancelRequestedAt();
        return JobStatus.newBuilder(job)
                .setCancelRequestedAt(known == null ? clock.instant() : known)
                .build();
    }

    /** Takes a cancel back; the job as it was, once that is safe. What was given up until now is not drawn by it. */
    JobStatus resume(String jobId) throws RefusedRequestException {
        JobStatus job = jobs.find(jobId);
        publish(jobId, JobAction.RESUME);
        return JobStatus.newBuilder(job).setCancelRequestedAt(null).build();
    }

    private void publish(String jobId, JobAction action) throws RefusedRequestException {
        try {
            commands.publish(jobId, action);
        } catch (KafkaException e) {
            LOG.warn("{} of job {} was not published: {}", action, jobId, Failures.describe(e));
            throw new RefusedRequestException(Problem.of(
                    503,
                    "not-available",
                    "Kafka or the schema registry does not take the command at present: send it again in some"
                            + " seconds."));
        }
    }
}
