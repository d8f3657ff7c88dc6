package org.dallemini.ingest.api;

import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.prompt.Verdict;

/** Says whether the intake will take in what a caller asks for, but for deadlines. */
@FunctionalInterface
public interface PromptCheck {
    /** @param prompt with the ids under which it would be published */
    Verdict check(Caller caller, PromptRequest prompt);
}
