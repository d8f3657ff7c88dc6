package org.dallemini.dalle.testing;

import java.util.function.Function;
import org.dallemini.dalle.text.TextProcessor;

/** A text on which the text encoder fails: its ids are none of the model's. */
public final class UnreadableText {
    public static final String TEXT = "unreadable";

    private UnreadableText() {}

    /** Prepares every other text as the model wants it. */
    public static Function<String, TextProcessor.Prepared> in(TextProcessor texts) {
        return text -> text.equals(TEXT)
                ? new TextProcessor.Prepared(text, new int[] {0, Integer.MAX_VALUE, 2})
                : texts.prepare(text);
    }
}
