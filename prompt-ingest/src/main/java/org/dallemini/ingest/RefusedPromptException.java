package org.dallemini.ingest;

import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** This one prompt goes to the dead letters. */
final class RefusedPromptException extends Exception {
    private final ErrorCode code;
    private final String problem;

    RefusedPromptException(ErrorCode code, String problem, @Nullable Throwable cause) {
        super(problem, cause);
        this.code = code;
        this.problem = problem;
    }

    ErrorCode code() {
        return code;
    }

    /** What is wrong and what to do, for people. */
    String problem() {
        return problem;
    }
}
