package org.dallemini.filter;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
     * @param judge who looked at it
     * @param mark the class or concept whose score asks for a mark; null for none
     * @param scores 0 to 1, by classes and concepts
     * @param release by which it may leave though the filter refuses it; null if it does not
     */
    record Admitted(
            String judge,
            @Nullable String mark,
            Map<String, Float> scores,
            @Nullable Release release) implements Judgement {
        public boolean isMarked() {
            return mark != null;
        }
    }

    /**
     * It must not leave.
     *
     * @param reached the class or concept whose score is too high
     * @param reason for people, with the scores
     */
    record Refused(String judge, String reached, Map<String, Float> scores, String reason) implements Judgement {}

    /** The same of a picture that somebody has released: what is refused may leave, with a mark. */
    default Judgement released(Release release) {
        return this instanceof Refused refused
                ? new Admitted(refused.judge, refused.reached, refused.scores, release)
                : this;
    }

    /** Scores for people: {@code porn 0.01, violence 0.88}. */
    static String text(Map<String, Float> scores) {
        return new TreeMap<>(scores)
                .entrySet().stream()
                        .map(score -> String.format(Locale.ROOT, "%s %.2f", score.getKey(), score.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** As records carry it; null if nobody looked. */
    default @Nullable ImageVerdict verdict() {
        return this instanceof Admitted admitted
                ? new ImageVerdict(
                        admitted.judge,
                        admitted.mark,
                        admitted.scores,
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
