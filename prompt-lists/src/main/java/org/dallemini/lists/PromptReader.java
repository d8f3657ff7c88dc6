package org.dallemini.lists;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a list of prompts, one entry in memory at a time. */
public interface PromptReader extends Closeable {
    /**
     * The next entry; null at the end.
     *
     * @throws IOException if the rest cannot be read; says why
     */
    @Nullable
    PromptLine next() throws IOException;
}
