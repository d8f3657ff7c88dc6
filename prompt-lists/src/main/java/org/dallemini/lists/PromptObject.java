package org.dallemini.lists;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A prompt as a JSON object: the fields of the HTTP API, of which some may have other programs' names, and those of the
 * sampling may stand beside the text; or a line of a batch file of OpenAI's, whose {@code body} is such an object.
 */
final class PromptObject {
    static final String CUSTOM_ID = "custom_id";

    /** What OpenAI and the Stable Diffusion web UI call our fields. */
    static final Map<String, String> SYNONYMS = Collections.unmodifiableMap(new TreeMap<>(Map.of(
            "prompt", "text",
            "n", "count",
            "best_of", "bestOf",
            "negative_prompt", "negativeText",
            "cfg_scale", "guidanceScale")));

    private static final String BODY = "body";
    private static final String SAMPLING = "sampling";
    private static final List<String> OF_SAMPLING = List.of("temperature", "topK", "topP", "guidanceScale");
    private static final int MAX_CUSTOM_ID_LENGTH = 256;

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

    /** What a JSON value asks for; {@link PromptLine.Bad} if it is no prompt by its form. */
    static PromptLine line(int number, JsonNode node) {
        if (node.isTextual()) {
            return new PromptLine.Prompt(
                    number, null, JsonNodeFactory.instance.objectNode().set("text", node), Set.of());
        }
        String customId = null;
        try {
            if (!(node instanceof ObjectNode line)) {
                throw new RefusedLineException(
                        "invalid-json", "Here is no JSON object: give one with at least a text.");
            }
            customId = customId(line);
            return line.has(BODY) ? batch(number, customId, line) : plain(number, customId, line);
        } catch (RefusedLineException e) {
            return e.at(number, customId, node.isObject() ? null : node.toString());
        }
    }

    private static PromptLine plain(int number, @Nullable String customId, ObjectNode line)
            throws RefusedLineException {
        line.remove(CUSTOM_ID);
        return prompt(number, customId, line, Set.of());
    }

    private static PromptLine batch(int number, @Nullable String customId, ObjectNode line)
            throws RefusedLineException {
        checkBatch(line);
        if (!(line.get(BODY) instanceof ObjectNode body)) {
            throw new RefusedLineException("invalid-json", "body is no JSON object: give one with at least a prompt.");
        }
        var ignored = new TreeSet<>(MEANINGLESS);
        ignored.removeIf(name -> !body.has(name));
        body.remove(ignored);
        return prompt(number, customId, body, ignored);
    }

    /**
     * A prompt whose fields may have other names.
     *
     * @throws RefusedLineException if a field is there under two names
     */
    static PromptLine.Prompt prompt(int number, @Nullable String customId, ObjectNode fields, Set<String> ignored)
            throws RefusedLineException {
        for (Map.Entry<String, String> name : SYNONYMS.entrySet()) {
            move(fields, name.getKey(), fields, name.getValue());
        }
        for (String name : OF_SAMPLING) {
            if (fields.has(name)) {
                move(fields, name, sampling(fields), name);
            }
        }
        return new PromptLine.Prompt(number, customId, fields, ignored);
    }

    private static ObjectNode sampling(ObjectNode fields) throws RefusedLineException {
        if (!fields.hasNonNull(SAMPLING)) {
            return fields.putObject(SAMPLING);
        }
        if (fields.get(SAMPLING) instanceof ObjectNode sampling) {
            return sampling;
        }
        throw new RefusedLineException(
                "invalid-parameter", "sampling is no JSON object: give one with " + OF_SAMPLING + ".");
    }

    private static void move(ObjectNode from, String name, ObjectNode to, String newName) throws RefusedLineException {
        JsonNode value = from.remove(name);
        if (value == null) {
            return;
        }
        if (to.hasNonNull(newName)) {
            throw new RefusedLineException(
                    "invalid-parameter",
                    name + " and " + (name.equals(newName) ? "that of sampling" : newName)
                            + " are the same here: leave one of them out.");
        }
        to.set(newName, value);
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
        if (id == null || id.isEmpty() || id.length() > MAX_CUSTOM_ID_LENGTH || !id.equals(Printable.of(id))) {
            throw new RefusedLineException(
                    "invalid-parameter",
                    "custom_id is no string of 1 to " + MAX_CUSTOM_ID_LENGTH + " printable characters: correct it.");
        }
        return id;
    }
}
