package org.dallemini.prompts;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A prompt a line, as it stands there. */
final class TextReader implements PromptReader {
    private final LineReader lines;

    TextReader(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public @Nullable PromptLine next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        try {
            String text = lines.text();
            return text.isBlank()
                    ? new PromptLine.Blank(lines.number())
                    : new PromptLine.Prompt(
                            lines.number(),
                            null,
                            JsonNodeFactory.instance.objectNode().put("text", text),
                            Set.of());
        } catch (RefusedLineException e) {
            return e.at(lines.number());
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
