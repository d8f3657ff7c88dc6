package org.dallemini.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as a JSON object: the fields of the HTTP API, of which {@code prompt}, {@code n} and {@code best_of} may
 * take the place of {@code text}, {@code count} and {@code bestOf}; or a line of a batch file of OpenAI's, whose
 * {@code body} is such an object.
 */
final class PromptObject {
    private static final String CUSTOM_ID = "custom_id";
    private static final String BODY = "body";
    private static final int LONGEST_CUSTOM_ID = 256;

    /** Beside the body. */
    private static final Set<String> BATCH = Set.of(CUSTOM_ID, "method", "url", BODY);

    private static final String URL = "/v1/images/generations";

    /** OpenAI's fields of an image request that this pipeline has no use for. */
    private static final Set<String> MEANINGLESS = Set.of(
            "model",
            "size",
            "quality",
            "style",
            "user",
            "response_format",
            "output_format",
            "output_compression",
            "background",
            "moderation");

    private PromptObject() {}

    /** @throws RefusedLineException if it is no prompt by its form */
    static PromptLine line(int number, JsonNode node) throws RefusedLineException {
        if (node.isTextual()) {
            return prompt(number, null, JsonNodeFactory.instance.objectNode().set("text", node), Set.of());
        }
        if (!(node instanceof ObjectNode line)) {
            throw new RefusedLineException("invalid-json", "Here is no JSON object: give one with at least a text.");
        }
        if (!line.has(BODY)) {
            String customId = customId(line);
            line.remove(CUSTOM_ID);
            return prompt(number, customId, line, Set.of());
        }
        checkBatch(line);
        if (!(line.get(BODY) instanceof ObjectNode body)) {
            throw new RefusedLineException("invalid-json", "body is no JSON object: give one with at least a prompt.");
        }
        var ignored = new TreeSet<>(MEANINGLESS);
        ignored.removeIf(name -> !body.has(name));
        body.remove(ignored);
        return prompt(number, customId(line), body, ignored);
    }

    private static PromptLine prompt(int number, @Nullable String customId, ObjectNode fields, Set<String> ignored)
            throws RefusedLineException {
        rename(fields, "prompt", "text");
        rename(fields, "n", "count");
        rename(fields, "best_of", "bestOf");
        return new PromptLine.Prompt(number, customId, fields, ignored);
    }

    private static void rename(ObjectNode fields, String openAis, String ours) throws RefusedLineException {
        JsonNode value = fields.remove(openAis);
        if (value != null && fields.hasNonNull(ours)) {
            throw new RefusedLineException(
                    "invalid-parameter", openAis + " and " + ours + " are the same here: leave one of them out.");
        }
        if (value != null) {
            fields.set(ours, value);
        }
    }

    private static void checkBatch(ObjectNode line) throws RefusedLineException {
        var names = new ArrayList<String>();
        line.fieldNames().forEachRemaining(names::add);
        names.removeAll(BATCH);
        if (!names.isEmpty()) {
            throw new RefusedLineException(
                    "unknown-field",
                    "The field " + Printable.of(names.get(0)) + " is not known beside body: leave it out; there are "
                            + new TreeSet<>(BATCH) + ".");
        }
        if (!isAbsentOr("POST", line.get("method")) || !isAbsentOr(URL, line.get("url"))) {
            throw new RefusedLineException(
                    "invalid-parameter",
                    "The line asks for something else than images: method must be POST and url " + URL
                            + ", or both left out.");
        }
    }

    private static boolean isAbsentOr(String expected, @Nullable JsonNode value) {
        return value == null || value.isNull() || expected.equals(value.textValue());
    }

    private static @Nullable String customId(ObjectNode line) throws RefusedLineException {
        JsonNode value = line.get(CUSTOM_ID);
        if (value == null || value.isNull()) {
            return null;
        }
        String id = value.textValue();
        if (id == null || id.isEmpty() || id.length() > LONGEST_CUSTOM_ID || !id.equals(Printable.of(id))) {
            throw new RefusedLineException(
                    "invalid-parameter",
                    "custom_id is no string of 1 to " + LONGEST_CUSTOM_ID + " printable characters: mend it.");
        }
        return id;
    }
}
