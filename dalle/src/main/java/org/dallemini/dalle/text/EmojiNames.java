package org.dallemini.dalle.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Emoji as words: 🌅 becomes {@code :sunrise:}. Does what {@code emoji.demojize} of the Python package emoji 2.16.0
 * does, in English.
 *
 * <p>The longest sequence wins. Emoji joined to one that has no name of its own (a purple dog) are named one by one,
 * with the joiners kept between them. Variation selectors that belong to nothing are dropped.
 */
final class EmojiNames {
    private static final int JOINER = 0x200D;
    private static final Node ROOT = new Node();

    static {
        for (String[] row : Table.rows("emoji-names.tsv")) {
            Node node = ROOT;
            for (int codePoint : Table.text(row[0]).codePoints().toArray()) {
                node = node.next.computeIfAbsent(codePoint, c -> new Node());
            }
            node.name = row[1];
            node.component = row.length > 2;
        }
    }

    /** A step along the code points of emoji. */
    private static final class Node {
        private final Map<Integer, Node> next = new HashMap<>(2);
        private @Nullable String name;
        private boolean component;
    }

    /** Code points {@code start} to {@code end} of the text; with a node they are an emoji, else a single character. */
    private record Token(int start, int end, @Nullable Node emoji) {
        int length() {
            return end - start;
        }
    }

    private final int[] text;
    /** Joiners between emoji that are no emoji together: no sequence may reach across. */
    private final BitSet separators = new BitSet();
    /** What was found since the last ordinary character; a joiner may still call some of it back. */
    private final List<Token> pending = new ArrayList<>();

    private final StringBuilder result = new StringBuilder();

    private EmojiNames(String text) {
        this.text = text.codePoints().toArray();
    }

    static String demojize(String text) {
        return new EmojiNames(text).replaceAll();
    }

    private String replaceAll() {
        int position = 0;
        while (position < text.length) {
            int codePoint = text[position];
            if (separators.get(position)) {
                pending.add(new Token(position, position + 1, null));
                position++;
            } else if (ROOT.next.containsKey(codePoint)) {
                position = match(position);
            } else if (codePoint == JOINER && followsEmoji(position)) {
                separators.set(position);
                position = takeBack(position);
            } else {
                flush();
                addCharacter(position++);
            }
        }
        flush();
        return result.toString();
    }

    /** Follows the tree as far as it goes; only a name at that very end counts, as in the original. */
    private int match(int start) {
        Node node = ROOT;
        int end = start;
        while (end < text.length && !(end > start && separators.get(end))) {
            Node next = node.next.get(text[end]);
            if (next == null) {
                break;
            }
            node = next;
            end++;
        }
        if (node.name == null) {
            addCharacter(start);
            return start + 1;
        }
        pending.add(new Token(start, end, node));
        return end;
    }

    private boolean followsEmoji(int position) {
        return !pending.isEmpty()
                && ROOT.next.containsKey(text[position - 1])
                && isEmoji(pending.get(pending.size() - 1));
    }

    /** Whether the token's characters are an emoji, also if they were not taken for one where they stood. */
    private boolean isEmoji(Token token) {
        return emoji(token) != null;
    }

    private @Nullable Node emoji(Token token) {
        if (token.emoji != null) {
            return token.emoji;
        }
        Node node = ROOT.next.get(text[token.start]);
        return node == null || node.name == null ? null : node;
    }

    /** Undoes what the joiner at this position separates, and says from where to match again. */
    private int takeBack(int joiner) {
        Token last = pending.remove(pending.size() - 1);
        Node emoji = emoji(last);
        if (emoji == null || !emoji.component) {
            return joiner - last.length();
        }
        // A skin tone or hair: what it modifies is matched again too, unless that is a joiner.
        if (pending.isEmpty()) {
            return joiner - last.length();
        }
        Token modified = pending.get(pending.size() - 1);
        int start = joiner - last.length() - modified.length();
        if (text[start] == JOINER) {
            return start + 1;
        }
        pending.remove(pending.size() - 1);
        return start;
    }

    private void addCharacter(int position) {
        int codePoint = text[position];
        if (codePoint != 0xFE0E && codePoint != 0xFE0F) {
            pending.add(new Token(position, position + 1, null));
        }
    }

    private void flush() {
        for (Token token : pending) {
            if (token.emoji == null) {
                result.appendCodePoint(text[token.start]);
            } else {
                result.append(':').append(token.emoji.name).append(':');
            }
        }
        pending.clear();
    }
}
