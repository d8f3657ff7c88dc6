package org.dallemini.lists;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.dallemini.ingest.api.JsonFault;
import org.dallemini.prompt.PromptValidator;
import org.jspecify.annotations.Nullable;

/** A JSON object a line. */
final class JsonLinesReader implements PromptReader {
    /** The deepest that is understood is 4: line, body, sampling and the values of labels. */
    private static final JsonFault.Limits LIMITS = new JsonFault.Limits(8, 32, 256);

    private static final ObjectMapper JSON = JsonMapper.builder(new JsonFactoryBuilder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(LIMITS.deepest())
                            .maxNumberLength(LIMITS.longestNumber())
                            .maxNameLength(LIMITS.longestName())
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
            return PromptValidator.isBlank(text)
                    ? new PromptLine.Blank(number)
                    : PromptObject.line(number, json(text, number));
        } catch (RefusedLineException e) {
            return e.at(number, null, lines.raw());
        }
    }

    private static JsonNode json(String text, int number) throws RefusedLineException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String fault = JsonFault.of(text, number, LIMITS).orElse("it cannot be read");
            throw new RefusedLineException("invalid-json", "The line is no JSON that is taken: " + fault + ".");
        }
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
