package org.dallemini.ingest.api;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dallemini.events.JobState;
import org.dallemini.events.JobStatus;
import org.dallemini.ingest.http.Caller;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;
import org.dallemini.ingest.jobs.Jobs;
import org.dallemini.ingest.jobs.JobsUnavailableException;
import org.dallemini.ingest.jobs.NewestJobs;
import org.dallemini.schemas.Ids;
import org.dallemini.stage.ErrorCode;

/** What the API does with jobs, without HTTP. */
public final class JobResource {
    private static final Set<String> PARAMETERS = Set.of("state", "label", "limit", "cursor");

    private final SubmissionParser parser;
    private final JobPublisher publisher;
    private final AcceptedJobs jobs;
    private final NewestJobs newest;
    private final Admission admission;
    private final InstantSource clock;

    public JobResource(
            SubmissionParser parser,
            JobPublisher publisher,
            AcceptedJobs jobs,
            NewestJobs newest,
            Admission admission,
            InstantSource clock) {
        this.parser = parser;
        this.publisher = publisher;
        this.jobs = jobs;
        this.newest = newest;
        this.admission = admission;
        this.clock = clock;
    }

    /**
     * The submission, once it is safe.
     *
     * @param keyedId the job's id if it follows from an {@link IdempotencyKey}
     */
    Submission submit(Caller caller, byte[] body, Optional<String> keyedId) throws RefusedRequestException {
        admission.submit(caller); // first, so that what is refused counts too
        return submit(caller, parser.parse(caller, body, keyedId), keyedId.isPresent());
    }

    /**
     * Returns the submission once it is safe; {@link Admission#submit} has counted it.
     *
     * @param isKeyed whether the job's id follows from an {@link IdempotencyKey}
     * @throws RefusedRequestException if there is a job of this id that asks for something else, a deadline has passed,
     *     too much is asked for at once, or it could not be published
     */
    public Submission submit(Caller caller, Submission submission, boolean isKeyed) throws RefusedRequestException {
        Optional<JobStatus> known = known(submission.jobId());
        String content = known.map(JobStatus::getContent).orElse(null);
        if (content != null && !content.equals(submission.content())) {
            throw new RefusedRequestException(isKeyed ? IdempotencyKey.reused() : idReused(submission));
        }
        if (content == null) {
            // Of a repetition they were looked at when it came first.
            Optional<Problem> late = SubmissionParser.late(submission, clock.instant());
            if (late.isPresent()) {
                throw new RefusedRequestException(late.get());
            }
            admission.queue(submission.images());
        }
        if (content == null || !Jobs.isTakenIn(known.get())) {
            publisher.publish(submission);
            jobs.accept(submission);
        }
        return submission;
    }

    private static Problem idReused(Submission submission) {
        return Problem.at(
                409,
                "/id",
                ErrorCode.ID_REUSED.code(),
                "There is a job with the id " + submission.jobId()
                        + " that asks for something else: choose another id, or none.");
    }

    /** If the jobs are not available, the intake will decide. */
    private Optional<JobStatus> known(String jobId) {
        try {
            return jobs.find(jobId);
        } catch (JobsUnavailableException e) {
            return Optional.empty();
        }
    }

    /** How far the job of a submission that is safe has got. */
    JobState stateOf(Submission submission) {
        return known(submission.jobId()).map(JobStatus::getState).orElse(JobState.PENDING);
    }

    JobStatus find(String jobId) throws RefusedRequestException {
        try {
            return (Ids.isValid(jobId) ? jobs.find(jobId) : Optional.<JobStatus>empty())
                    .orElseThrow(JobResource::unknownJob);
        } catch (JobsUnavailableException e) {
            throw unavailable();
        }
    }

    /** The job was deleted: this process shows it no more. */
    void delete(String jobId) {
        jobs.delete(jobId);
    }

    /** @param parameters of the query, each with all of its values */
    Jobs.Page list(Map<String, List<String>> parameters) throws RefusedRequestException {
        Query query = new Query(parameters, PARAMETERS);
        List<Predicate<JobStatus>> filters = new ArrayList<>();
        String state = query.single("state");
        if (state != null) {
            JobState wanted = Stream.of(JobState.values())
                    .filter(one -> one.name().equals(state.toUpperCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> Query.refuse("state is none of pending, running, completed, failed, canceled."));
            filters.add(job -> job.getState() == wanted);
        }
        Predicate<Map<String, String>> labels = query.labels();
        filters.add(job -> labels.test(job.getLabels()));
        String cursor = query.single("cursor");
        if (cursor != null && !NewestJobs.isPlace(cursor)) {
            throw Query.refuse(
                    Ids.isValid(cursor)
                            ? "cursor is one of an earlier version, which listed jobs by their ids; they come by their"
                                    + " time now, the newest first: begin anew without it."
                            : "cursor is not one that a list has ended with.");
        }
        int limit = query.limit();
        if (!newest.isComplete()) {
            throw new RefusedRequestException(Problem.of(
                    503,
                    "not-available",
                    "The jobs of earlier are still being read from Kafka: ask again in some seconds."));
        }
        try {
            return newest.list(job -> filters.stream().allMatch(filter -> filter.test(job)), cursor, limit);
        } catch (JobsUnavailableException e) {
            throw unavailable();
        }
    }

    static RefusedRequestException unknownJob() {
        return new RefusedRequestException(Problem.of(
                404,
                "unknown-job",
                "No such job is known, or not yet: one that another process took in appears some tenths of a second"
                        + " later; and one that has ended goes after some days."));
    }

    static RefusedRequestException unavailable() {
        return new RefusedRequestException(Problem.of(
                503, "not-available", "The state of the jobs is not there at present: ask again in some seconds."));
    }
}
