package org.dallemini.tokens.batch;

import org.dallemini.stage.ErrorCode;
import org.jspecify.annotations.Nullable;

/** One image can never be drawn as it is asked for. The message says what is wrong and what to do, for people. */
public final class UnusableRequestException extends Exception {
    private final ErrorCode code;

    public UnusableRequestException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public UnusableRequestException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
