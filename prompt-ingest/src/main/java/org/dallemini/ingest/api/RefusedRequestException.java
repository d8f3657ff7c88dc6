package org.dallemini.ingest.api;

/** A request that is answered with a {@link Problem}. */
public final class RefusedRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RefusedRequestException(Problem problem) {
        super(problem.detail(), null, false, false); // an answer, not an error of ours
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
