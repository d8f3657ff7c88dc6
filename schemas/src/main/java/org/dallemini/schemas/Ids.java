package org.dallemini.schemas;

import java.util.regex.Pattern;

/**
 * The rules for the ids of prompts and jobs, as the schema of {@code PromptRequest} states them: they are record keys,
 * parts of object keys and file names, so they are made of nothing that could surprise there.
 */
public final class Ids {
    /** Longest id, in characters. */
    public static final int MAX_LENGTH = 128;

    /** The rule in words, for error messages. */
    public static final String RULE =
            "1 to " + MAX_LENGTH + " letters (a-z, A-Z), digits, '.', '_' or '-', not starting with '.'";

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (MAX_LENGTH - 1) + "}");
    private static final Pattern IMAGE = Pattern.compile(VALID + "/[0-9]{1,9}");

    private Ids() {}

    /** Whether {@code id} may be the id of a prompt or a job. */
    public static boolean isValid(String id) {
        return VALID.matcher(id).matches();
    }

    /** Whether {@code id} may be one of {@link #imageId}. */
    public static boolean isValidImage(String id) {
        return IMAGE.matcher(id).matches();
    }

    /**
     * The id of one image of a prompt.
     *
     * @param index which image of the prompt, from 0
     */
    public static String imageId(String promptId, int index) {
        return promptId + "/" + index;
    }
}
