package org.dallemini.bench.models;

import java.util.List;
import java.util.SplittableRandom;
import org.dallemini.dalle.text.TextProcessor;

/** Prompts of a given number of tokens, each another one, the same in every run. */
final class SamplePrompts {
    private static final List<String> WORDS = List.of(
            "red",
            "circle",
            "on",
            "a",
            "blue",
            "background",
            "green",
            "square",
            "above",
            "yellow",
            "star",
            "small",
            "heart",
            "black",
            "ring",
            "beside",
            "white",
            "triangle",
            "below",
            "large");

    private static final int TRIES = 10_000;

    private final TextProcessor processor;
    private final int tokens;
    private final SplittableRandom random = new SplittableRandom(7);

    /** @param tokens of a prompt, its start and end included */
    SamplePrompts(TextProcessor processor, int tokens) {
        this.processor = processor;
        this.tokens = tokens;
    }

    String next() {
        for (int i = 0; i < TRIES; i++) {
            var text = new StringBuilder("a");
            int length;
            do {
                text.append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
                length = processor.prepare(text.toString()).ids().length;
            } while (length < tokens);
            if (length == tokens) {
                return text.toString();
            }
        }
        throw new IllegalStateException("the tokenizer makes no prompt of " + tokens + " tokens");
    }
}
