package org.dallemini.deadletters;

/** What becomes of a dead letter in a replay. */
public sealed interface Fate {

    /** Its record goes, or went, back to the topic. */
    record Replayed(String topic) implements Fate {}

    /** An earlier run has sent it back. */
    record ReplayedBefore() implements Fate {}

    /** It has failed so often that it would only fail again. */
    record GivenUp(int attempts) implements Fate {}

    /**
     * The letter only tells of its record, which was too large for it, and so holds nothing to send back.
     *
     * @param why for people; says where the record lies
     */
    record Omitted(String why) implements Fate {}

    /**
     * It cannot be sent back.
     *
     * @param why for people
     */
    record Refused(String why) implements Fate {}
}
