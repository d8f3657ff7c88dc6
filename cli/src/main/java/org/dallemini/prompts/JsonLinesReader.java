package org.dallemini.prompts;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A JSON object a line. */
final class JsonLinesReader implements PromptReader {
    /** The deepest that is understood is 4: line, body, sampling and the values of labels. */
    private static final int DEEPEST = 8;

    private static final ObjectMapper JSON = JsonMapper.builder(new JsonFactoryBuilder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final LineReader lines;

    JsonLinesReader(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public @Nullable PromptLine next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        int number = lines.number();
        try {
            String text = lines.text();
            return text.isBlank() ? new PromptLine.Blank(number) : PromptObject.line(number, JSON.readTree(text));
        } catch (JsonProcessingException e) {
            String column =
                    e.getLocation() == null ? "" : " (column " + e.getLocation().getColumnNr() + ")";
            return new PromptLine.Bad(
                    number, "invalid-json", "The line is no JSON that is taken: " + e.getOriginalMessage() + column);
        } catch (RefusedLineException e) {
            return e.at(number);
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
