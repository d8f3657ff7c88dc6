package org.dallemini.ingest.jobs;

import org.dallemini.stage.ErrorCode;

/**
 * Why an image or a prompt was dead-lettered.
 *
 * @param at how far the image had got: the record that could not be processed was written then
 * @param code an {@code ErrorCode}'s, or {@code unknown} where the dead letter has none
 * @param stage the stage that refused it
 * @param message for people; at most {@value #MAX_MESSAGE_LENGTH} characters
 * @param attempts the how manieth failure of the image or the prompt it is, from 1
 */
record Failure(PipelineStep at, String code, String stage, String message, int attempts) {
    static final int MAX_MESSAGE_LENGTH = 300;

    Failure {
        attempts = Math.max(1, attempts); // earlier versions did not write it
    }

    /** Whether it came later than another of the same image or prompt, or is that one. */
    boolean isSince(Failure other) {
        int further = at.compareTo(other.at);
        return further > 0 || further == 0 && attempts >= other.attempts;
    }

    /** Whether nothing went wrong, but somebody canceled the job. */
    boolean isCancellation() {
        return code.equals(ErrorCode.CANCELED.code());
    }
}
