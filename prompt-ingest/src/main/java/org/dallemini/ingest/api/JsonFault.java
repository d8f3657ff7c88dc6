package org.dallemini.ingest.api;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what is wrong with a text that shall be JSON (RFC 8259), and says it in words for people, with its place. */
public final class JsonFault {
    /** What is written so elsewhere. */
    private static final Map<String, String> WORDS = Map.of(
            "True", "true",
            "TRUE", "true",
            "False", "false",
            "FALSE", "false",
            "None", "null",
            "NULL", "null",
            "Null", "null",
            "nil", "null",
            "undefined", "null");

    private static final Set<String> NO_NUMBERS = Set.of("NaN", "Infinity", "nan", "inf", "Inf", "NAN", "INF");
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String QUOTES = "'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb";

    private final String text;
    private final int firstLine;
    private final Limits limits;
    private int position;

    private JsonFault(String text, int firstLine, Limits limits) {
        this.text = text;
        this.firstLine = firstLine;
        this.limits = limits;
    }

    /**
     * What is taken of all that is JSON.
     *
     * @param deepest arrays and objects within each other
     * @param longestNumber in characters
     * @param longestName in characters
     */
    public record Limits(int deepest, int longestNumber, int longestName) {}

    private static final class Found extends Exception {
        private static final long serialVersionUID = 1L;

        private final int place;

        Found(int place, String what) {
            super(what, null, false, false);
            this.place = place;
        }
    }

    /**
     * The first fault, for example {@code a comma stands before the closing bracket: remove it (line 3, column 5)}.
     *
     * @param firstLine number of the text's first line, 1 unless it is part of something
     */
    public static Optional<String> of(String text, int firstLine, Limits limits) {
        JsonFault fault = new JsonFault(text, firstLine, limits);
        try {
            fault.document();
            return Optional.empty();
        } catch (Found found) {
            return Optional.of(found.getMessage() + " (" + fault.place(found.place) + ")");
        }
    }

    private String place(int of) {
        int line = firstLine;
        int begin = 0;
        for (int i = 0; i < of; i++) {
            if (text.charAt(i) == '\n' || text.charAt(i) == '\r' && !text.startsWith("\n", i + 1)) {
                line++;
                begin = i + 1;
            }
        }
        return "line " + line + ", column " + (text.codePointCount(begin, of) + 1);
    }

    private void document() throws Found {
        skipSpace();
        if (isAtEnd()) {
            throw new Found(position, "it is empty");
        }
        value(1);
        skipSpace();
        if (!isAtEnd()) {
            boolean isClosing = peek() == ']' || peek() == '}';
            throw isClosing
                    ? new Found(position, "a closing bracket is too much: remove it")
                    : isComment()
                            ? comment()
                            : new Found(position, "it goes on behind its end: send one value, and nothing behind it");
        }
    }

    private boolean isAtEnd() {
        return position >= text.length();
    }

    private char peek() {
        return text.charAt(position);
    }

    private boolean isNext(char c) {
        return !isAtEnd() && peek() == c;
    }

    private void skipSpace() {
        while (!isAtEnd() && " \t\n\r".indexOf(peek()) >= 0) {
            position++;
        }
    }

    private void value(int depth) throws Found {
        char c = peek();
        if (c == '{' || c == '[') {
            if (depth > limits.deepest) {
                throw new Found(
                        position,
                        "arrays and objects lie deeper in each other than " + limits.deepest
                                + ", which nothing here needs: take some away");
            }
            if (c == '{') {
                object(depth);
            } else {
                array(depth);
            }
        } else if (c == '"') {
            string();
        } else if (c == '-' || isDigit(c)) {
            number();
        } else if (Character.isLetter(c) || c == '_') {
            word();
        } else {
            throw noValue();
        }
    }

    private void array(int depth) throws Found {
        int begin = position++;
        skipSpace();
        if (isNext(']')) {
            position++;
            return;
        }
        do {
            requireMore(begin);
            value(depth + 1);
        } while (goesOn(begin, ']'));
    }

    private void object(int depth) throws Found {
        int begin = position++;
        Set<String> names = new HashSet<>();
        skipSpace();
        if (isNext('}')) {
            position++;
            return;
        }
        do {
            requireMore(begin);
            int place = position;
            String name = name();
            if (!names.add(name)) {
                throw new Found(
                        place,
                        "the name " + JsonFields.printable(name) + " stands twice in an object: leave one of them out");
            }
            skipSpace();
            requireMore(begin);
            if (!isNext(':')) {
                throw new Found(position, "a colon is missing behind the name " + JsonFields.printable(name));
            }
            position++;
            skipSpace();
            requireMore(begin);
            value(depth + 1);
        } while (goesOn(begin, '}'));
    }

    /** Reads what stands behind a value; whether another one follows. */
    private boolean goesOn(int begin, char end) throws Found {
        skipSpace();
        requireMore(begin);
        if (isNext(end)) {
            position++;
            return false;
        }
        if (!isNext(',')) {
            if (isComment()) {
                throw comment();
            }
            boolean isOther = peek() == ']' || peek() == '}';
            throw isOther
                    ? new Found(
                            position,
                            "what began with " + text.charAt(begin) + " at " + place(begin) + " is closed by " + peek()
                                    + ": write " + end)
                    : new Found(position, "a comma is missing before " + shown());
        }
        int comma = position++;
        skipSpace();
        requireMore(begin);
        if (peek() == ']' || peek() == '}') {
            throw new Found(comma, "a comma stands before the closing bracket: remove it");
        }
        return true;
    }

    private void requireMore(int begin) throws Found {
        if (isAtEnd()) {
            String what = text.charAt(begin) == '[' ? "array" : "object";
            throw new Found(begin, "it ends too early, the " + what + " that begins here is not closed");
        }
    }

    private String name() throws Found {
        if (peek() != '"') {
            if (Character.isLetter(peek()) || peek() == '_') {
                int begin = position;
                throw new Found(begin, "the name " + JsonFields.printable(letters()) + " has no quotation marks");
            }
            throw isComment() || QUOTES.indexOf(peek()) >= 0
                    ? noValue()
                    : new Found(position, "a name in quotation marks is missing before " + shown());
        }
        int begin = position;
        String name = string();
        if (name.length() > limits.longestName) {
            throw new Found(begin, "a name has " + name.length() + " characters, the limit is " + limits.longestName);
        }
        return name;
    }

    private String string() throws Found {
        int begin = position++;
        StringBuilder content = new StringBuilder();
        for (; !isAtEnd(); position++) {
            char c = peek();
            if (c == '"') {
                position++;
                return content.toString();
            }
            if (c < ' ') {
                throw new Found(
                        position,
                        String.format(
                                Locale.ROOT,
                                "the control character U+%04X stands in a string as it is: write it as %s, or close the"
                                        + " string before it",
                                (int) c,
                                escape(c)));
            }
            content.append(c == '\\' ? escaped() : c);
        }
        throw new Found(begin, "it ends too early, the string that begins here is not closed");
    }

    private static String escape(char c) {
        return switch (c) {
            case '\b' -> "\\b";
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\f' -> "\\f";
            case '\r' -> "\\r";
            default -> String.format(Locale.ROOT, "\\u%04x", (int) c);
        };
    }

    /** Reads an escape up to its last character. */
    private char escaped() throws Found {
        int begin = position++;
        if (isAtEnd()) {
            throw new Found(begin, "it ends too early, within an escape");
        }
        char kind = peek();
        if (kind == 'u') {
            String digits = text.substring(position + 1, Math.min(position + 5, text.length()));
            if (!digits.matches("[0-9A-Fa-f]{4}")) {
                throw new Found(begin, "the escape \\u has no four hexadecimal digits behind it");
            }
            position += 4;
            return (char) Integer.parseInt(digits, 16);
        }
        if (ESCAPES.indexOf(kind) < 0) {
            throw new Found(begin, "there is no escape \\ followed by " + shown() + ": write \\\\ for a backslash");
        }
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    private void number() throws Found {
        int begin = position;
        if (peek() == '-') {
            position++;
            if (!isAtEnd() && Character.isLetter(peek())) {
                letters();
                throw noNumber(begin);
            }
        }
        boolean isZero = isNext('0');
        if (digits() == 0) {
            throw new Found(begin, "a digit is missing behind the minus");
        }
        if (isZero && isDigit(text.charAt(position - 1)) && position - begin > (text.charAt(begin) == '-' ? 2 : 1)) {
            throw new Found(begin, "a number begins with 0: leave the zero out, or write it as a string");
        }
        if (isNext('.')) {
            position++;
            if (digits() == 0) {
                throw new Found(begin, "a digit is missing behind the point of a number");
            }
        }
        if (isNext('e') || isNext('E')) {
            position++;
            if (isNext('+') || isNext('-')) {
                position++;
            }
            if (digits() == 0) {
                throw new Found(begin, "a digit is missing in the exponent of a number");
            }
        }
        if (!isAtEnd() && (Character.isLetterOrDigit(peek()) || "_.+-'\"".indexOf(peek()) >= 0)) {
            throw new Found(position, "a number is followed by " + shown() + ": write numbers as 1500 or 1.5");
        }
        if (position - begin > limits.longestNumber) {
            throw new Found(
                    begin, "a number has " + (position - begin) + " characters, the limit is " + limits.longestNumber);
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private int digits() {
        int begin = position;
        while (!isAtEnd() && isDigit(peek())) {
            position++;
        }
        return position - begin;
    }

    private String letters() {
        int begin = position;
        while (!isAtEnd() && (Character.isLetterOrDigit(peek()) || peek() == '_')) {
            position++;
        }
        return text.substring(begin, position);
    }

    private void word() throws Found {
        int begin = position;
        String word = letters();
        if (word.equals("true") || word.equals("false") || word.equals("null")) {
            return;
        }
        if (NO_NUMBERS.contains(word)) {
            throw noNumber(begin);
        }
        String ours = WORDS.get(word);
        throw new Found(
                begin,
                ours == null
                        ? "the word " + JsonFields.printable(word) + " has no quotation marks"
                        : word + " is no value of JSON: write " + ours);
    }

    private Found noNumber(int begin) {
        return new Found(
                begin,
                JsonFields.printable(text.substring(begin, position))
                        + " is no number of JSON: give a finite number, or leave the field out");
    }

    private boolean isComment() {
        return isNext('/') || isNext('#');
    }

    private Found comment() {
        return new Found(position, "here is a comment, which JSON does not have: remove it");
    }

    private Found noValue() {
        char c = peek();
        if (isComment()) {
            return comment();
        }
        if (QUOTES.indexOf(c) >= 0) {
            return new Found(
                    position, "a string begins with " + shown() + ": write it in straight double quotation marks");
        }
        if (c == '+' || c == '.') {
            return new Found(position, "a number begins with " + c + ": write numbers as 1500 or 0.5");
        }
        return new Found(position, "a value is missing before " + shown());
    }

    /** The character that stands here. */
    private String shown() {
        int codePoint = text.codePointAt(position);
        return codePoint > ' ' && codePoint < 0x7f
                ? Character.toString(codePoint)
                : String.format(Locale.ROOT, "U+%04X", codePoint);
    }
}
