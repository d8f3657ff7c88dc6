package org.dallemini.prompts;

/** An entry of a list is refused; the message says what is wrong and what to do. */
public final class RefusedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    /** @param code stable */
    public RefusedLineException(String code, String message) {
        super(message, null, false, false); // an answer, not an error of ours
        this.code = code;
    }

    /** What the list has in the place of the entry. */
    public PromptLine.Bad at(int line) {
        return new PromptLine.Bad(line, code, String.valueOf(getMessage()));
    }
}
