package org.dallemini.submit;

import java.util.ArrayList;
import java.util.List;
import org.dallemini.prompts.RefusedLineException;

/**
 * A text with alternatives in braces: {@code {red|blue} {circle|star}} stands for four texts, of which the last braces
 * change first. A backslash before {@code {}, {@code |}, {@code }} or a backslash makes it a character of the text.
 */
final class Alternatives {
    private final List<List<String>> parts;

    private Alternatives(List<List<String>> parts) {
        this.parts = parts;
    }

    /** @throws RefusedLineException if braces do not match or lie in each other */
    static Alternatives parse(String text) throws RefusedLineException {
        var parts = new ArrayList<List<String>>();
        var word = new StringBuilder();
        List<String> group = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length() && "{|}\\".indexOf(text.charAt(i + 1)) >= 0) {
                word.append(text.charAt(++i));
            } else if (c == '{') {
                if (group != null) {
                    throw refuse("opens a brace within another", i);
                }
                parts.add(List.of(word.toString()));
                word.setLength(0);
                group = new ArrayList<>();
            } else if (c == '}') {
                if (group == null) {
                    throw refuse("closes a brace that is not open", i);
                }
                group.add(word.toString());
                parts.add(List.copyOf(group));
                word.setLength(0);
                group = null;
            } else if (c == '|' && group != null) {
                group.add(word.toString());
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        if (group != null) {
            throw refuse("leaves a brace open", text.length());
        }
        parts.add(List.of(word.toString()));
        return new Alternatives(parts);
    }

    private static RefusedLineException refuse(String what, int at) {
        return new RefusedLineException(
                "invalid-expansion",
                "The text " + what + " at character " + (at + 1) + ": write \\{, \\} or \\| for the character itself.");
    }

    /** How many texts it stands for. */
    long count() {
        double product = 1; // exact where it matters; never overflows
        for (List<String> part : parts) {
            product *= part.size();
        }
        return (long) product;
    }

    /** All of them. */
    List<String> texts() {
        List<String> texts = List.of("");
        for (List<String> part : parts) {
            var longer = new ArrayList<String>(texts.size() * part.size());
            for (String text : texts) {
                for (String alternative : part) {
                    longer.add(text + alternative);
                }
            }
            texts = longer;
        }
        return texts;
    }
}
