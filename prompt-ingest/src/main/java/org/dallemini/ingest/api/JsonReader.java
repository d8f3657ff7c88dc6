package org.dallemini.ingest.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;

/** Reads bodies: strict JSON in UTF-8, neither deep nor with a name twice. Thread-safe. */
public final class JsonReader {
    /** The deepest that is understood is 4: body, prompts, prompt, sampling. */
    private static final int DEEPEST = 8;

    private static final int LONGEST_NUMBER = 32;
    private static final int LONGEST_NAME = 256;

    private final ObjectMapper json;

    /** @param maxBytes of a body */
    public JsonReader(int maxBytes) {
        JsonFactory factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxDocumentLength(maxBytes)
                        .maxStringLength(maxBytes)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .build())
                .build();
        json = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** @throws RefusedRequestException if it is no such JSON; says where */
    public JsonNode read(byte[] body) throws RefusedRequestException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return json.readTree(text);
        } catch (CharacterCodingException e) {
            throw refuse("The body is no UTF-8: send JSON in UTF-8.");
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw refuse("The body is no JSON that is taken: " + e.getOriginalMessage() + place);
        }
    }

    private static RefusedRequestException refuse(String detail) {
        return new RefusedRequestException(Problem.at("", "invalid-json", detail));
    }
}
