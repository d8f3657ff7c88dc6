package org.dallemini.ingest.api;

import java.util.function.Predicate;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;

/** Publishes nothing for jobs that were deleted: all that comes of them is given up, and nobody would be told. */
public final class DeletedJobsGate implements JobPublisher {
    private final JobPublisher publisher;
    private final Predicate<String> isDeleted;

    /**
     * @param publisher closed with this
     * @param isDeleted whether the job of this id was deleted
     */
    public DeletedJobsGate(JobPublisher publisher, Predicate<String> isDeleted) {
        this.publisher = publisher;
        this.isDeleted = isDeleted;
    }

    @Override
    public void publish(Submission submission) throws RefusedRequestException {
        if (isDeleted.test(submission.jobId())) {
            throw new RefusedRequestException(Problem.of(
                    410,
                    "deleted-job",
                    "The job " + submission.jobId()
                            + " was deleted, and its id stays used for 31 days: choose another id or key, or none."));
        }
        publisher.publish(submission);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
