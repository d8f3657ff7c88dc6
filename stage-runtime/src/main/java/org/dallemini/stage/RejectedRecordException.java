package org.dallemini.stage;

import org.jspecify.annotations.Nullable;

/** This one record can never be processed; it goes to the dead letters. */
public final class RejectedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String problem;

    /** @param problem what is wrong and what to do, for people */
    public RejectedRecordException(ErrorCode code, String problem) {
        this(code, problem, null);
    }

    /** @param problem what is wrong and what to do, for people */
    public RejectedRecordException(ErrorCode code, String problem, @Nullable Throwable cause) {
        super(problem, cause);
        this.code = code;
        this.problem = problem;
    }

    public ErrorCode code() {
        return code;
    }

    public String problem() {
        return problem;
    }
}
