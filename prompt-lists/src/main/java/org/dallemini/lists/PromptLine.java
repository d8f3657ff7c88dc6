package org.dallemini.lists;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An entry of a list of prompts. */
public sealed interface PromptLine {
    /** The line of the file, from 1; of an entry of several lines the first. */
    int number();

    /**
     * A prompt as the file gives it.
     *
     * @param customId the file's own name for it, any text; null if it has none
     * @param fields those of {@code PromptRequest}, as JSON; their values are not looked at yet
     * @param ignored fields that were left out because they mean nothing here
     */
    record Prompt(int number, @Nullable String customId, ObjectNode fields, Set<String> ignored)
            implements PromptLine {}

    /** Nothing that can be seen. */
    record Blank(int number) implements PromptLine {}

    /**
     * No prompt can be made of it.
     *
     * @param customId the file's own name for it; null if it has none that can be read
     * @param code stable, for example {@code invalid-json}
     * @param message what is wrong and what to do
     * @param raw the entry as it stands in the file, where it could not be taken apart; else null
     */
    record Bad(
            int number,
            @Nullable String customId,
            String code,
            String message,
            @Nullable String raw) implements PromptLine {}
}
