package org.dallemini.ingest.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.events.Lane;
import org.dallemini.events.PromptRequest;
import org.dallemini.events.StoredImage;
import org.dallemini.ingest.jobs.JobLabels;
import org.dallemini.ingest.jobs.Jobs;
import org.jspecify.annotations.Nullable;

/**
 * Jobs, and besides them those that this process has accepted and nobody else knows yet: whoever has submitted a job
 * can look at it, cancel it and submit it again at once, in the tenths of a second (longer where the tracker is busy)
 * in which its prompts are on their way. They are pending, and in no list. Those that this process has deleted it shows
 * no more, though others still may. Thread-safe.
 */
public final class AcceptedJobs implements Jobs {
    static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** The oldest go. */
    static final int MAX_JOBS = 4096;

    private final Jobs jobs;
    private final InstantSource clock;
    private final Map<String, JobStatus> accepted = new LinkedHashMap<>();

    /** When each was. */
    private final Map<String, Instant> deleted = new LinkedHashMap<>();

    public AcceptedJobs(Jobs jobs, InstantSource clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    /** To be called once the submission is safe. */
    void accept(Submission submission) {
        JobStatus job = pending(submission, clock.instant());
        synchronized (accepted) {
            accepted.remove(job.getJobId());
            accepted.put(job.getJobId(), job);
            forgetOld();
        }
    }

    /** To be called once it is safe that the job is deleted. */
    void delete(String jobId) {
        synchronized (accepted) {
            accepted.remove(jobId);
            deleted.put(jobId, clock.instant());
            forgetOld();
        }
    }

    /** Whether this process has deleted the job, of late. */
    public boolean isDeleted(String jobId) {
        synchronized (accepted) {
            forgetOld();
            return deleted.containsKey(jobId);
        }
    }

    private static JobStatus pending(Submission submission, Instant now) {
        Map<String, String> labels = Map.of();
        for (PromptRequest prompt : submission.prompts()) {
            labels = JobLabels.with(labels, prompt.getLabels());
        }
        boolean isBulk = submission.prompts().stream().anyMatch(prompt -> prompt.getLane() == Lane.BULK);
        return JobStatus.newBuilder()
                .setJobId(submission.jobId())
                .setState(JobState.PENDING)
                .setRequested(submission.images())
                .setPromptsExpected(submission.prompts().size())
                .setContent(submission.content())
                .setLabels(labels)
                .setLane(isBulk ? Lane.BULK : Lane.INTERACTIVE)
                .setSubmittedAt(now)
                .setUpdatedAt(now)
                .build();
    }

    private void forgetOld() {
        Instant longAgo = clock.instant().minus(REMEMBERED);
        deleted.values().removeIf(at -> at.isBefore(longAgo));
        for (Iterator<JobStatus> oldest = accepted.values().iterator(); oldest.hasNext(); ) {
            boolean isOld = oldest.next().getSubmittedAt().isBefore(longAgo);
            if (!isOld && accepted.size() <= MAX_JOBS) {
                break;
            }
            oldest.remove();
        }
    }

    @Override
    public Optional<JobStatus> find(String jobId) {
        Optional<JobStatus> tracked = jobs.find(jobId);
        synchronized (accepted) {
            forgetOld();
            if (deleted.containsKey(jobId)) {
                return Optional.empty();
            }
            if (tracked.isPresent()) {
                accepted.remove(jobId);
                return tracked;
            }
            return Optional.ofNullable(accepted.get(jobId));
        }
    }

    @Override
    public Page list(Predicate<JobStatus> filter, @Nullable String after, int limit) {
        return jobs.list(filter, after, limit);
    }

    @Override
    public ImagePage images(String jobId, @Nullable String after, int limit, Predicate<String> wanted) {
        return jobs.images(jobId, after, limit, wanted);
    }

    @Override
    public Optional<StoredImage> image(String jobId, String imageId) {
        return isDeleted(jobId) ? Optional.empty() : jobs.image(jobId, imageId);
    }
}
