package org.dallemini.lists;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text with alternatives in braces: {@code {red|blue} {circle|star}} stands for four texts, of which the last braces
 * change first. With {@link Wildcards}, {@code __name__} stands for each value of a file, within braces too; values are
 * taken as they are. A backslash before {@code {}, {@code |}, {@code }} or a backslash, and with wildcards before an
 * underscore, makes it a character of the text.
 */
final class Alternatives {
    /** Of one pair of braces; a whole text may stand for more, as long as nobody asks for all of them. */
    private static final int MAX_PER_GROUP = 1_000_000;

    private final List<List<String>> parts;

    private Alternatives(List<List<String>> parts) {
        this.parts = parts;
    }

    /**
     * @param wildcards null if underscores have no meaning
     * @throws RefusedLineException if braces do not match or lie in each other, or a wildcard has no values
     */
    static Alternatives parse(String text, @Nullable Wildcards wildcards) throws RefusedLineException {
        String escapable = wildcards == null ? "{|}\\" : "{|}\\_";
        var parts = new ArrayList<List<String>>(); // outside of braces, and each pair of braces
        var group = new ArrayList<String>(); // what the braces that are open stand for so far
        List<List<String>> sequence = parts; // what is written to: outside, or one alternative
        boolean open = false;
        var word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            Wildcards.Reference wildcard = wildcards == null ? null : wildcards.at(text, i);
            if (c == '\\' && i + 1 < text.length() && escapable.indexOf(text.charAt(i + 1)) >= 0) {
                word.append(text.charAt(++i));
            } else if (wildcard != null) {
                take(word, sequence);
                sequence.add(wildcard.values());
                i = wildcard.end() - 1;
            } else if (c == '{') {
                if (open) {
                    throw refuse("opens a brace within another", i);
                }
                take(word, sequence);
                open = true;
                sequence = new ArrayList<>();
            } else if (c == '}') {
                if (!open) {
                    throw refuse("closes a brace that is not open", i);
                }
                take(word, sequence);
                group.addAll(group(sequence, group.size(), i));
                parts.add(List.copyOf(group));
                group.clear();
                open = false;
                sequence = parts;
            } else if (c == '|' && open) {
                take(word, sequence);
                group.addAll(group(sequence, group.size(), i));
                sequence = new ArrayList<>();
            } else {
                word.append(c);
            }
        }
        if (open) {
            throw refuse("leaves a brace open", text.length());
        }
        take(word, sequence);
        return new Alternatives(parts);
    }

    /** Ends a word. */
    private static void take(StringBuilder word, List<List<String>> sequence) {
        sequence.add(List.of(word.toString()));
        word.setLength(0);
    }

    /** All that one alternative stands for, which is more than itself if there are wildcards in it. */
    private static List<String> group(List<List<String>> sequence, int before, int at) throws RefusedLineException {
        var alternative = new Alternatives(sequence);
        if (alternative.count() > MAX_PER_GROUP - before) {
            throw new RefusedLineException(
                    "too-many-prompts",
                    "The braces before character " + (at + 1) + " stand for more than " + MAX_PER_GROUP
                            + " texts: split the line.");
        }
        return alternative.texts();
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
