package org.dallemini.ingest.jobs;

/**
 * Why an image or a prompt was dead-lettered.
 *
 * @param at how far the image had got: the record that could not be processed was written then
 * @param code an {@code ErrorCode}'s, or {@code unknown} where the dead letter has none
 * @param stage the stage that refused it
 * @param message for people; at most {@value #LONGEST_MESSAGE} characters
 */
record Failure(Reached at, String code, String stage, String message) {
    static final int LONGEST_MESSAGE = 300;
}
