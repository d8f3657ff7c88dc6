package org.dallemini.prompt;

import java.util.Optional;
import org.dallemini.events.PromptVerdict;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/** Whether a prompt may enter the pipeline. */
public sealed interface Verdict {

    /**
     * Nothing is wrong with it.
     *
     * @param policy what the prompt filter says; null if there is none
     */
    record Accepted(@Nullable PromptVerdict policy) implements Verdict {
        /** By which it passes a filter that refuses it; empty if it needed none. */
        public Optional<Release> release() {
            String by = policy == null ? null : policy.getReleasedBy();
            String reason = policy == null ? null : policy.getReleaseReason();
            return by == null || reason == null ? Optional.empty() : Optional.of(new Release(by, reason));
        }
    }

    /**
     * Something is wrong with it.
     *
     * @param field where, as a pointer into the prompt (RFC 6901), for example {@code /sampling/topK}
     * @param message what is wrong, what the limit is and what to do, for people; ASCII
     */
    record Refused(ErrorCode code, String field, String message) implements Verdict {}
}
