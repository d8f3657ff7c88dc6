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
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.dallemini.ingest.http.Problem;
import org.dallemini.ingest.http.RefusedRequestException;

/** Reads bodies: strict JSON in UTF-8, neither deep nor with a name twice. Thread-safe. */
public final class JsonReader {
    /** The deepest that is understood is 4: body, prompts, prompt, sampling. */
    private static final int MAX_DEPTH = 8;

    private static final int MAX_NUMBER_LENGTH = 32;
    private static final int MAX_NAME_LENGTH = 256;
    private static final JsonFault.Limits LIMITS = new JsonFault.Limits(MAX_DEPTH, MAX_NUMBER_LENGTH, MAX_NAME_LENGTH);
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final ObjectMapper json;

    /** @param maxBytes of a body */
    public JsonReader(int maxBytes) {
        JsonFactory factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxDocumentLength(maxBytes)
                        .maxStringLength(maxBytes)
                        .maxNumberLength(MAX_NUMBER_LENGTH)
                        .maxNameLength(MAX_NAME_LENGTH)
                        .build())
                .build();
        json = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** @throws RefusedRequestException if it is no such JSON; says where */
    public JsonNode read(byte[] body) throws RefusedRequestException {
        String text = text(body);
        try {
            JsonNode node = json.readTree(text);
            if (node.isMissingNode()) {
                throw refuse("The body is empty: send JSON.");
            }
            return node;
        } catch (JsonProcessingException e) {
            String fault = JsonFault.of(text, 1, LIMITS).orElse("it is not as RFC 8259 has it");
            throw refuse("The body is no JSON that is taken: " + fault + ".");
        }
    }

    /** Of the body, without a byte order mark. */
    private static String text(byte[] body) throws RefusedRequestException {
        String other = otherEncoding(body);
        if (!other.isEmpty()) {
            throw refuse("The body is " + other + ": send JSON in UTF-8, as it is.");
        }
        ByteBuffer bytes = ByteBuffer.wrap(body);
        CharBuffer text = CharBuffer.allocate(body.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
        if (result.isError()) {
            throw refuse(String.format(
                    Locale.ROOT,
                    "The body is no UTF-8, byte %d (0x%02X) cannot be there: send JSON in UTF-8.",
                    bytes.position() + 1,
                    bytes.get(bytes.position())));
        }
        String whole = text.flip().toString();
        return whole.startsWith(BYTE_ORDER_MARK) ? whole.substring(1) : whole;
    }

    /** What the first bytes say that JSON cannot begin with in UTF-8; empty if it can. */
    private static String otherEncoding(byte[] body) {
        if (body.length >= 2 && body[0] == 0x1f && body[1] == (byte) 0x8b) {
            return "compressed by gzip";
        }
        int first = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            first = first << 8 | (i < body.length ? body[i] & 0xff : 1);
        }
        if (first == 0xfeff || first == 0xfffe0000 || first >>> 8 == 0 || (first & 0xffffff) == 0 && first != 0) {
            return "in UTF-32";
        }
        boolean isMarked = first >>> 16 == 0xfeff || first >>> 16 == 0xfffe;
        boolean isInHalves = first >>> 24 == 0 || (first >>> 16 & 0xff) == 0;
        return isMarked || isInHalves ? "in UTF-16" : "";
    }

    private static RefusedRequestException refuse(String detail) {
        return new RefusedRequestException(Problem.at("", "invalid-json", detail));
    }
}
