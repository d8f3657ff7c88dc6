package org.dallemini.stage.moderation;

/**
 * The word of a person, or of a key of the HTTP API, that one record may pass the filters.
 *
 * @param by whose word
 * @param reason in their words
 */
public record Release(String by, String reason) {
    private static final int MAX_LENGTH = 500;

    /** @throws IllegalArgumentException if one is blank or too long; the message says which */
    public Release {
        check("name", by);
        check("reason", reason);
    }

    private static void check(String what, String text) {
        if (text.isBlank() || text.length() > MAX_LENGTH || text.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the " + what + " of a release has 1 to " + MAX_LENGTH + " characters on one line");
        }
    }
}
