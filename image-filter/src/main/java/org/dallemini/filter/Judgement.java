package org.dallemini.filter;

import org.dallemini.events.ImageVerdict;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.jspecify.annotations.Nullable;

/** What is to be done with a picture. */
public sealed interface Judgement {

    /** Nobody looked at it: the filter is off. */
    record Unjudged() implements Judgement {}

    /**
     * It may leave.
     *
     * @param mark the class whose score asks for a mark; null for none
     */
    record Admitted(String classifier, @Nullable ImageClass mark, Scores scores) implements Judgement {
        public boolean isMarked() {
            return mark != null;
        }
    }

    /**
     * It must not leave.
     *
     * @param reason for people, with the scores
     */
    record Refused(String reason) implements Judgement {}

    /** As records carry it; null if nobody looked. */
    default @Nullable ImageVerdict verdict() {
        return this instanceof Admitted admitted
                ? new ImageVerdict(
                        admitted.classifier,
                        admitted.mark == null ? null : admitted.mark.key(),
                        admitted.scores.byName())
                : null;
    }

    /**
     * Passes what may leave.
     *
     * @param what is judged, for people
     * @throws RejectedRecordException if it must not
     */
    default Judgement admitted(String what) throws RejectedRecordException {
        if (this instanceof Refused refused) {
            throw new RejectedRecordException(ErrorCode.CONTENT_POLICY, what + ": " + refused.reason);
        }
        return this;
    }
}
