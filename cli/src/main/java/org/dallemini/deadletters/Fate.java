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
     * It cannot be sent back.
     *
     * @param why for people
     */
    record Refused(String why) implements Fate {}
}
