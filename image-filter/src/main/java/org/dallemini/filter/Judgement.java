package org.dallemini.filter;

import org.dallemini.events.ImageVerdict;
import org.dallemini.stage.ErrorCode;
import org.dallemini.stage.RejectedRecordException;
import org.dallemini.stage.moderation.Release;
import org.jspecify.annotations.Nullable;

/** What is to be done with a picture. */
public sealed interface Judgement {

    /** Nobody looked at it: the filter is off. */
    record Unjudged() implements Judgement {}

    /**
     * It may leave.
     *
     * @param mark the class whose score asks for a mark; null for none
     * @param release by which it may leave though the filter refuses it; null if it does not
     */
    record Admitted(
            String classifier,
            @Nullable ImageClass mark,
            Scores scores,
            @Nullable Release release) implements Judgement {
        public boolean isMarked() {
            return mark != null;
        }
    }

    /**
     * It must not leave.
     *
     * @param reached the class whose score is too high
     * @param reason for people, with the scores
     */
    record Refused(String classifier, ImageClass reached, Scores scores, String reason) implements Judgement {}

    /** The same of a picture that somebody has released: what is refused may leave, with a mark. */
    default Judgement released(Release release) {
        return this instanceof Refused refused
                ? new Admitted(refused.classifier, refused.reached, refused.scores, release)
                : this;
    }

    /** As records carry it; null if nobody looked. */
    default @Nullable ImageVerdict verdict() {
        return this instanceof Admitted admitted
                ? new ImageVerdict(
                        admitted.classifier,
                        admitted.mark == null ? null : admitted.mark.key(),
                        admitted.scores.byName(),
                        admitted.release == null ? null : admitted.release.by(),
                        admitted.release == null ? null : admitted.release.reason())
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
