package org.dallemini.tokens.batch;

import java.util.Arrays;

/** Prompts that are the token ids themselves, separated by spaces: the model without its tokenizer. */
final class KnownPrompts implements Prompts {

    static String text(int... ids) {
        return String.join(" ", Arrays.stream(ids).mapToObj(Integer::toString).toList());
    }

    @Override
    public Prompt read(String text) {
        return new Prompt(
                text,
                Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray());
    }

    @Override
    public Prompt unconditional() {
        return new Prompt("", 0, 2);
    }

    @Override
    public void close() {}
}
