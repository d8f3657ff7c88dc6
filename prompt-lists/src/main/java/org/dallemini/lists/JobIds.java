package org.dallemini.lists;

import org.dallemini.schemas.Ids;

/** Ids of jobs that are made of files. */
public final class JobIds {
    /** Leaves room for a line and a variant in the ids of prompts. */
    public static final int MAX_LENGTH = Ids.MAX_LENGTH - ".1000000.1000000".length();

    private static final int MAX_NAME_LENGTH = 40;
    private static final int DIGITS = 12;

    private JobIds() {}

    /**
     * The same for the same name and content.
     *
     * @param name of the file, without its ending
     * @param content hexadecimal digits
     */
    static String of(String name, String content) {
        String safe = name.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
        String cut = safe.substring(0, Math.min(safe.length(), MAX_NAME_LENGTH));
        return (cut.isEmpty() ? "prompts" : cut) + "-" + content.substring(0, DIGITS);
    }

    /** Whether a job of a file may have this id. */
    public static boolean isValid(String id) {
        return Ids.isValid(id) && id.length() <= MAX_LENGTH;
    }
}
