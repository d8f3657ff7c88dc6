package org.dallemini.inspect;

/**
 * Whether an image's object is where its event says.
 *
 * @param word for programs: {@code there}, {@code missing}, {@code different}, {@code unknown}
 * @param text for people
 */
public record StoredState(String word, String text) {
    /** The settings do not say how to reach the bucket. */
    public static final StoredState NOT_ASKED =
            new StoredState("unknown", "not looked at: the settings s3.access.key and s3.secret.key are missing");
}
