package org.dallemini.lists;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Set;
import org.dallemini.prompt.PromptValidator;
import org.jspecify.annotations.Nullable;

/** A prompt a line, as it stands there, or with flags. */
final class TextReader implements PromptReader {
    private final LineReader lines;
    private final boolean isLiteral;

    /** @param isLiteral whether flags are text as all other */
    TextReader(LineReader lines, boolean isLiteral) {
        this.lines = lines;
        this.isLiteral = isLiteral;
    }

    @Override
    public @Nullable PromptLine next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        int number = lines.number();
        try {
            String text = lines.text();
            if (PromptValidator.isBlank(text)) {
                return new PromptLine.Blank(number);
            }
            return !isLiteral && FlaggedLine.isOne(text)
                    ? FlaggedLine.read(number, text)
                    : new PromptLine.Prompt(
                            number, null, JsonNodeFactory.instance.objectNode().put("text", text), Set.of());
        } catch (RefusedLineException e) {
            return e.at(number, null, lines.raw());
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
