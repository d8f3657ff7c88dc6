package org.dallemini.lists;

/** Text from files, fit for a terminal. */
public final class Printable {
    private static final int MAX_LENGTH = 60;

    private Printable() {}

    /** Without characters that would act on a terminal, and without halves of characters. */
    public static String of(String text) {
        return text.replaceAll("\\p{C}", "\uFFFD");
    }

    /** In quotation marks, and short. */
    public static String quote(String text) {
        String printable = of(text);
        int end = Math.min(printable.length(), MAX_LENGTH);
        return '"' + printable.substring(0, end) + (end < printable.length() ? "..." : "") + '"';
    }
}
