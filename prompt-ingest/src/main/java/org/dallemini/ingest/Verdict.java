package org.dallemini.ingest;

import org.dallemini.stage.ErrorCode;

/** Whether a prompt may enter the pipeline. */
public sealed interface Verdict {

    record Accepted() implements Verdict {}

    /** @param message what is wrong, what the limit is and what to do, for people; ASCII but for the words of names */
    record Refused(ErrorCode code, String message) implements Verdict {}
}
