package org.dallemini.lists;

import org.jspecify.annotations.Nullable;

/** An entry of a list is refused; the message says what is wrong and what to do. */
public final class RefusedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param code stable */
    public RefusedLineException(String code, String message) {
        super(message, null, false, false); // an answer, not an error of ours
        this.code = code;
    }

    /** What a list has in the place of an entry that was understood. */
    public PromptLine.Bad at(PromptLine.Prompt line) {
        return at(line.number(), line.customId(), null);
    }

    /** What a list has in the place of an entry; the parameters are those of {@link PromptLine.Bad}. */
    PromptLine.Bad at(int line, @Nullable String customId, @Nullable String raw) {
        return new PromptLine.Bad(line, customId, code, reason(), raw);
    }

    /** Stable, for example {@code invalid-json}. */
    public String code() {
        return code;
    }

    /** What is wrong and what to do. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
