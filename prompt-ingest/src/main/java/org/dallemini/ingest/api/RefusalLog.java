package org.dallemini.ingest.api;

import org.dallemini.events.PromptRequest;
import org.dallemini.ingest.http.Caller;
import org.dallemini.prompt.Verdict.Refused;

/** Keeps what the prompt filter refuses before anything is published. */
@FunctionalInterface
public interface RefusalLog {
    /** Returns at once, whatever becomes of it. */
    void write(Caller caller, PromptRequest prompt, Refused why);
}
