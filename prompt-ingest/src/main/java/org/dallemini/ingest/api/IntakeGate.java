package org.dallemini.ingest.api;

import java.util.Optional;
import java.util.function.Supplier;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;

/** Publishes nothing while the intake of this process does not work, so that callers notice. */
public final class IntakeGate implements JobPublisher {
    private final JobPublisher publisher;
    private final Supplier<Optional<String>> obstacle;

    /**
     * @param publisher closed with this
     * @param obstacle why the intake cannot work, for people; empty if it can
     */
    public IntakeGate(JobPublisher publisher, Supplier<Optional<String>> obstacle) {
        this.publisher = publisher;
        this.obstacle = obstacle;
    }

    @Override
    public void publish(Submission submission) throws RefusedRequestException {
        Optional<String> why = obstacle.get();
        if (why.isPresent()) {
            throw new RefusedRequestException(Problem.of(
                    503,
                    "not-available",
                    "Prompts cannot be taken in at present (" + why.get() + "): send the job again later, with the id "
                            + submission.jobId() + "."));
        }
        publisher.publish(submission);
    }

    @Override
    public void close() {
        publisher.close();
    }
}
