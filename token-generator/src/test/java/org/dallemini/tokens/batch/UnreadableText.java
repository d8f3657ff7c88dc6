package org.dallemini.tokens.batch;

import java.util.function.Function;
import org.dallemini.tokens.text.TextProcessor;

/** A text on which the text encoder fails: its ids are none of the model's. */
final class UnreadableText {
    static final String TEXT = "unreadable";

    private UnreadableText() {}

    /** Prepares every other text as the model wants it. */
    static Function<String, TextProcessor.Prepared> in(TextProcessor texts) {
        return text -> text.equals(TEXT)
                ? new TextProcessor.Prepared(text, new int[] {0, Integer.MAX_VALUE, 2})
                : texts.prepare(text);
    }
}
