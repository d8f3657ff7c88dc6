package org.dallemini.tokens.batch;

/** Turns texts into what the model reads. Used by one thread. */
public interface Prompts extends AutoCloseable {

    Prompt read(String text);

    /** The unconditional side of guidance: the empty text, not normalised. */
    Prompt unconditional();

    @Override
    void close();
}
