package org.dallemini.serde;

import org.jspecify.annotations.Nullable;

/** A value that a writer's schema allows and ours does not; says in which field, what came, and what to write. */
final class UnfitValueException extends Exception {
    private static final int MAX_VALUE_LENGTH = 40;

    private final String path;
    private final String problem;

    UnfitValueException(String problem) {
        this("", problem);
    }

    private UnfitValueException(String path, String problem) {
        super(path.isEmpty() ? problem : "field " + path + ": " + problem, null, false, false);
        this.path = path;
        this.problem = problem;
    }

    /** The same, of a value inside of a field. */
    UnfitValueException inField(String name) {
        return in(path.isEmpty() || path.startsWith("[") ? name + path : name + "." + path);
    }

    /** The same, of a value inside of a map or an array. */
    UnfitValueException inElement(Object place) {
        String element = "[" + shown(place) + "]";
        return in(path.isEmpty() || path.startsWith("[") ? element + path : element + "." + path);
    }

    private UnfitValueException in(String path) {
        return new UnfitValueException(path, problem);
    }

    /** A value for people, cut where it is long; text in quotes. */
    static String shown(@Nullable Object value) {
        if (value instanceof CharSequence text) {
            String line = text.toString().replaceAll("\\p{Cntrl}", "?");
            return "'" + (line.length() <= MAX_VALUE_LENGTH ? line : line.substring(0, MAX_VALUE_LENGTH) + "...") + "'";
        }
        return value instanceof Number || value instanceof Boolean || value == null ? String.valueOf(value) : "it";
    }
}
